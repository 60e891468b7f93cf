/** Which tasks are listed, and in which order. */
import { NativeSelect, TextInput } from "@mantine/core";
import { create } from "zustand";
import type { TaskQuery } from "../../../api/types";
import { useTranslation } from "../../../i18n/use-translation";
import { useLab } from "../../../state/lab-store";

export type Filters = Omit<TaskQuery, "cursor" | "limit">;

/** The newest come first, as a reader expects who has just submitted one. */
const NONE: Filters = { sort: "-submitted" };

/** Kept while another panel is open. */
export const useTaskFilters = create<Filters>()(() => NONE);

const change = (changes: Partial<Filters>) => { useTaskFilters.setState(changes); };

/** Between what a field of day and time holds and unix seconds. */
const secondsIn = (text: string): number | null => (text === "" ? null : new Date(text).getTime() / 1000);

function Choice({ name, label, every, names }: { name: "priority" | "kind"; label: string; every: string; names: Record<string, string> }) {
  const value = useTaskFilters((filters) => filters[name]);
  return (
    <NativeSelect
      label={label}
      value={value ?? ""}
      data={[{ value: "", label: every }, ...Object.entries(names).map(([one, text]) => ({ value: one, label: text }))]}
      onChange={(event) => { change({ [name]: event.currentTarget.value || null }); }}
      data-testid={`task-${name}-filter`}
    />
  );
}

function Written({ name, label }: { name: "category" | "role" | "request"; label: string }) {
  const value = useTaskFilters((filters) => filters[name]);
  return <TextInput label={label} value={value ?? ""} onChange={(event) => { change({ [name]: event.currentTarget.value || null }); }} data-testid={`task-${name}-filter`} />;
}

export function TaskFilters() {
  const words = useTranslation();
  const { status, node, sort, text } = useTaskFilters();
  const names = useLab(({ lab }) => lab?.network.names) ?? [];
  const detail = words.taskDetail;
  return (
    <div className="task-filters">
      <TextInput
        type="search"
        aria-label={words.searchTasks}
        placeholder={words.searchTasks}
        value={text ?? ""}
        onChange={(event) => { change({ text: event.currentTarget.value || null }); }}
        data-testid="task-search"
      />
      <div className="pair even">
        <NativeSelect
          aria-label={words.taskStatus}
          value={status?.[0] ?? ""}
          data={[{ value: "", label: words.everyStatus }, ...Object.entries(words.statuses).map(([value, label]) => ({ value, label }))]}
          onChange={(event) => { change({ status: (event.currentTarget.value ? [event.currentTarget.value] : []) as NonNullable<Filters["status"]> }); }}
          data-testid="task-status-filter"
        />
        <NativeSelect
          aria-label={words.taskOrder}
          value={sort ?? ""}
          data={Object.entries(words.taskOrders).map(([value, label]) => ({ value, label }))}
          onChange={(event) => { change({ sort: event.currentTarget.value as NonNullable<Filters["sort"]> }); }}
          data-testid="task-sort"
        />
      </div>
      <details>
        <summary>{words.moreFilters}</summary>
        <div className="more">
          <div className="pair even">
            <NativeSelect
              label={words.node}
              value={node ?? ""}
              data={[{ value: "", label: words.everyNode }, ...names.map((name) => ({ value: name, label: name }))]}
              onChange={(event) => { change({ node: event.currentTarget.value || null }); }}
              data-testid="task-node-filter"
            />
            <Choice name="priority" label={detail.priority} every={words.every} names={words.priorities} />
          </div>
          <div className="pair even">
            <Choice name="kind" label={detail.kind} every={words.every} names={words.taskKinds} />
            <Written name="category" label={detail.category} />
          </div>
          <div className="pair even">
            <Written name="role" label={words.taskRole} />
            <Written name="request" label={detail.request} />
          </div>
          <div className="pair even">
            {(["since", "until"] as const).map((name) => (
              <TextInput key={name} type="datetime-local" label={words.taskTimes[name]} onChange={(event) => { change({ [name]: secondsIn(event.currentTarget.value) }); }} />
            ))}
          </div>
        </div>
      </details>
    </div>
  );
}
