/** Which tasks are listed, and in which order. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { TaskPriority, TaskTotals } from "../api/types";
import { count } from "../i18n/format";
import { useTranslation } from "../i18n/use-translation";
import type { TaskFilters as Filters } from "../state/address";
import { useLab } from "../state/lab-store";
import { filtersSet, NO_FILTERS } from "../state/task-filters";
import { Several } from "./Several";
import { words as several } from "./several-words";
import { useWords } from "../i18n/words";
import { localTime, secondsOf } from "./task-text";

/** Those that stand behind "More filters". */
const FURTHER = ["node", "priority", "kind", "category", "role", "request", "since", "until"] as const satisfies readonly (keyof Filters)[];

const NO_NAMES: readonly string[] = [];

/** The filters, and how some of them are changed: other filters find other tasks, so the first page is shown again. */
export interface Filtering {
  filters: Filters;
  change: (changes: Partial<Omit<Filters, "cursor">>) => void;
}

/** Names with commas between them, as they are typed; "" among them, which links say, stands for tasks without. */
function Named({ filters, change, name, label, without }: Filtering & { name: "category" | "role"; label: string; without: string }) {
  const said = useWords(several);
  const value = filters[name];
  const named = value.filter((one) => one !== "").join(", ");
  const [typed, setTyped] = useState({ text: named, value });
  // Back, or the button that clears all.
  if (typed.value.join("\n") !== value.join("\n")) setTyped({ text: named, value });
  return (
    <TextInput
      label={label}
      value={typed.text}
      placeholder={value.includes("") ? without : said.commas}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const names = [...new Set(text.split(",").map((one) => one.trim()).filter((one) => one !== ""))];
        setTyped({ text, value: names });
        change({ [name]: names });
      }}
      data-testid={`task-${name}-filter`}
    />
  );
}

/** A day and a time; what is only half there is no time yet, and stays as it is. */
function Time({ filters, change, name, label }: Filtering & { name: "since" | "until"; label: string }) {
  const chosen = filters[name];
  const [text, setText] = useState(() => localTime(chosen));
  // Back, or the button that clears all; a field has no parts of a second.
  if (secondsOf(text) !== (chosen === null ? null : Math.floor(chosen))) setText(localTime(chosen));
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

/** What tasks are called that have none. */
function useWithout() {
  const { noNode } = useTranslation();
  const { noCategory, noRole } = useWords(several);
  return { node: noNode, category: noCategory, role: noRole };
}

/** What is set where it is not seen: else nobody knows why a task is not listed. */
function Hidden({ filters, change, open }: Filtering & { open: boolean }) {
  const words = useTranslation();
  const set = filtersSet(filters);
  const without = useWithout();
  const labels: Record<(typeof FURTHER)[number], string> = {
    node: words.node, priority: words.taskDetail.priority, kind: words.taskDetail.kind, category: words.taskDetail.category,
    role: words.taskRole, request: words.taskDetail.request, ...words.taskTimes,
  };
  const shown = (key: (typeof FURTHER)[number]): string => {
    const value = filters[key];
    if (key === "priority") return filters.priority.map((one) => words.priorities[one]).join(", ");
    if (key === "kind" && filters.kind) return words.taskKinds[filters.kind];
    if (key === "node" || key === "category" || key === "role") return filters[key].map((one) => one || without[key]).join(", ");
    return typeof value === "number" ? localTime(value).replace("T", " ") : String(value ?? "");
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
  const { status, node, sort, text, priority, kind } = filters;
  const both = { filters, change };
  const names = useLab(({ lab }) => lab?.network.names) ?? NO_NAMES;
  const without = useWithout();
  const nodes = useMemo(() => [...names.map((name) => [name, name] as const), ["", without.node] as const], [names, without.node]);
  const urgencies = useMemo(() => Object.entries(words.priorities), [words]);
  const [open, setOpen] = useState(false);
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
            <Several id="task-node-filter" label={words.node} chosen={node} values={nodes} choose={(chosen) => { change({ node: chosen }); }} />
            <Several id="task-priority-filter" label={detail.priority} chosen={priority} values={urgencies} choose={(chosen) => { change({ priority: chosen as TaskPriority[] }); }} />
          </div>
          <div className="pair even">
            <NativeSelect
              label={detail.kind}
              value={kind ?? ""}
              data={[{ value: "", label: words.every }, ...Object.entries(words.taskKinds).map(([value, label]) => ({ value, label }))]}
              onChange={(event) => { change({ kind: (event.currentTarget.value || null) as Filters["kind"] }); }}
              data-testid="task-kind-filter"
            />
            <Named {...both} name="category" label={detail.category} without={without.category} />
          </div>
          <div className="pair even">
            <Named {...both} name="role" label={words.taskRole} without={without.role} />
            <TextInput label={detail.request} value={filters.request ?? ""} onChange={(event) => { change({ request: event.currentTarget.value || null }); }} data-testid="task-request-filter" />
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
