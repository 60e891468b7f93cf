/** What of the page of tasks stands in its address: the filters as `GET /tasks` calls them, and whether the form is open. */
import type { TaskFilters } from "../../state/address";
import { flag, moment, oneOf, several, severalOf, some, text } from "../../state/parameters";
import type { QueryRules } from "../../state/query";
import { NO_FILTERS } from "../../state/task-filters";

type Listed = Omit<TaskFilters, "cursor">;
export type TasksQuery = Listed & { submit: boolean };

export const QUERY: QueryRules<TasksQuery> = {
  parameters: {
    text,
    status: some(oneOf("pending", "assigned", "moving", "running", "completed", "failed", "cancelled")),
    sort: oneOf("submitted", "-submitted", "finished", "-finished", "priority"),
    node: several,
    priority: severalOf("critical", "high", "medium", "low"),
    kind: some(oneOf("emulated", "script")),
    category: several,
    role: several,
    request: text,
    since: moment,
    until: moment,
    submit: flag,
  },
  usual: { ...NO_FILTERS, submit: false },
  places: ["status", "sort", "node", "priority", "kind", "submit"],
};
