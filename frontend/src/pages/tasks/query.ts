/** What of the page of tasks stands in its address: the filters as `GET /tasks` calls them, and whether the form is open. */
import type { TaskFilters } from "../../state/address";
import { flag, oneOf, seconds, some, text } from "../../state/parameters";
import type { QueryRules } from "../../state/query";
import { NO_FILTERS } from "../../state/task-filters";

type Listed = Omit<TaskFilters, "cursor">;
export type TasksQuery = Listed & { submit: boolean };

export const QUERY: QueryRules<TasksQuery> = {
  parameters: {
    text,
    status: some(oneOf("pending", "assigned", "moving", "running", "completed", "failed", "cancelled")),
    sort: oneOf("submitted", "-submitted", "finished", "-finished", "priority"),
    node: text,
    priority: some(oneOf("critical", "high", "medium", "low")),
    kind: some(oneOf("emulated", "script")),
    category: text,
    role: text,
    request: text,
    since: seconds,
    until: seconds,
    submit: flag,
  },
  usual: { ...NO_FILTERS, submit: false },
  places: ["status", "sort", "node", "priority", "kind", "submit"],
};
