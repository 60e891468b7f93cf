/** Which tasks are listed, and in which order. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { TaskTotals } from "../api/types";
import { count } from "../i18n/format";
import { useTranslation } from "../i18n/use-translation";
import type { TaskFilters as Filters } from "../state/address";
import { useLab } from "../state/lab-store";
import { filtersSet, NO_FILTERS } from "../state/task-filters";
import { localTime, secondsOf } from "./task-text";

/** Those that stand behind "More filters". */
const FURTHER = ["node", "priority", "kind", "category", "role", "request", "since", "until"] as const satisfies readonly (keyof Filters)[];

/** The filters, and how some of them are changed: other filters find other tasks, so the first page is shown again. */
export interface Filtering {
  filters: Filters;
  change: (changes: Partial<Omit<Filters, "cursor">>) => void;
}

function Choice({ filters, change, name, label, every, names }: Filtering & { name: "priority" | "kind"; label: string; every: string; names: Record<string, string> }) {
  const value = filters[name];
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

function Written({ filters, change, name, label }: Filtering & { name: "category" | "role" | "request"; label: string }) {
  const value = filters[name];
  return <TextInput label={label} value={value ?? ""} onChange={(event) => { change({ [name]: event.currentTarget.value || null }); }} data-testid={`task-${name}-filter`} />;
}

/** A day and a time; what is only half there is no time yet, and stays as it is. */
function Time({ filters, change, name, label }: Filtering & { name: "since" | "until"; label: string }) {
  const chosen = filters[name];
  const [text, setText] = useState(() => localTime(chosen));
  // Back, or the button that clears all.
  if (secondsOf(text) !== chosen) setText(localTime(chosen));
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      onChange={(event) => {
        const written = event.currentTarget.value;
        setText(written);
        change({ [name]: secondsOf(written) });
      }}
      data-testid={`task-${name}-filter`}
    />
  );
}

/** What is set where it is not seen: else nobody knows why a task is not listed. */
function Hidden({ filters, change, open }: Filtering & { open: boolean }) {
  const words = useTranslation();
  const set = filtersSet(filters);
  const labels: Record<(typeof FURTHER)[number], string> = {
    node: words.node, priority: words.taskDetail.priority, kind: words.taskDetail.kind, category: words.taskDetail.category,
    role: words.taskRole, request: words.taskDetail.request, ...words.taskTimes,
  };
  const shown = (key: (typeof FURTHER)[number]): string => {
    const value = filters[key];
    if (key === "priority" && filters.priority) return words.priorities[filters.priority];
    if (key === "kind" && filters.kind) return words.taskKinds[filters.kind];
    return typeof value === "number" ? localTime(value).replace("T", " ") : (value ?? "");
  };
  const hidden = open ? [] : FURTHER.filter((key) => set.includes(key));
  if (set.length === 0) return null;
  return (
    <p className="filters-set" data-testid="filters-set">
      <span>{hidden.map((key) => `${labels[key]}: ${shown(key)}`).join(" · ")}</span>
      <button type="button" className="quiet" onClick={() => { change({ ...NO_FILTERS, sort: filters.sort }); }} data-testid="clear-filters">{words.clearFilters}</button>
    </p>
  );
}

export function TaskFilters({ filters, change, counts }: Filtering & { counts: TaskTotals | null }) {
  const words = useTranslation();
  const { status, node, sort, text } = filters;
  const both = { filters, change };
  const names = useLab(({ lab }) => lab?.network.names) ?? [];
  const [open, setOpen] = useState(false);
  // A node of another network may have tasks still, and a filter for it must be seen.
  const nodes = node === null || names.includes(node) ? names : [node, ...names];
  const detail = words.taskDetail;
  const number = (value: keyof typeof words.statuses) => (counts ? ` (${count(counts[value])})` : "");
  return (
    <div className="task-filters group">
      <TextInput
        type="search"
        aria-label={words.searchTasks}
        placeholder={words.searchTasks}
        value={text ?? ""}
        onChange={(event) => { change({ text: event.currentTarget.value || null }); }}
        data-testid="task-search"
      />
      <div className="pair choices">
        <NativeSelect
          aria-label={words.taskStatus}
          value={status ?? ""}
          data={[
            { value: "", label: words.everyStatus },
            ...(Object.keys(words.statuses) as (keyof typeof words.statuses)[]).map((value) => ({ value, label: words.statuses[value] + number(value) })),
          ]}
          onChange={(event) => { change({ status: (event.currentTarget.value || null) as Filters["status"] }); }}
          data-testid="task-status-filter"
        />
        <NativeSelect
          aria-label={words.taskOrder}
          value={sort}
          data={Object.entries(words.taskOrders).map(([value, label]) => ({ value, label }))}
          onChange={(event) => { change({ sort: event.currentTarget.value as Filters["sort"] }); }}
          data-testid="task-sort"
        />
      </div>
      <details open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
        <summary>{words.moreFilters}</summary>
        <div className="more">
          <div className="pair even">
            <NativeSelect
              label={words.node}
              value={node ?? ""}
              data={[{ value: "", label: words.everyNode }, ...nodes.map((name) => ({ value: name, label: name }))]}
              onChange={(event) => { change({ node: event.currentTarget.value || null }); }}
              data-testid="task-node-filter"
            />
            <Choice {...both} name="priority" label={detail.priority} every={words.every} names={words.priorities} />
          </div>
          <div className="pair even">
            <Choice {...both} name="kind" label={detail.kind} every={words.every} names={words.taskKinds} />
            <Written {...both} name="category" label={detail.category} />
          </div>
          <div className="pair even">
            <Written {...both} name="role" label={words.taskRole} />
            <Written {...both} name="request" label={detail.request} />
          </div>
          <div className="pair even">
            <Time {...both} name="since" label={words.taskTimes.since} />
            <Time {...both} name="until" label={words.taskTimes.until} />
          </div>
        </div>
      </details>
      <Hidden {...both} open={open} />
    </div>
  );
}
