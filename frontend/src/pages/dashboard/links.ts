/** Where a bar or a point leads: the tasks behind it, by the filters of the page of tasks. Pure. */
import type { TaskPriority, TaskStatus } from "../../api/types";
import { moment, oneOf, several, severalOf, some, searchWith, type Parameters } from "../../state/parameters";
import { PRIORITIES, type Filters } from "./state";
import { STATUSES } from "./statuses";

export interface TasksBehind extends Partial<Filters> {
  status?: TaskStatus | null;
  /** Submitted from then on, and before then (unix s). */
  since?: number | null;
  until?: number | null;
}

/** As the page of tasks reads them. */
const WRITTEN: Parameters<Required<TasksBehind>> = {
  status: some(oneOf<TaskStatus>(...STATUSES)), node: several, role: several, priority: severalOf<TaskPriority>(...PRIORITIES), category: several,
  since: moment, until: moment,
};
const ALL: Required<TasksBehind> = { status: null, node: [], role: [], priority: [], category: [], since: null, until: null };

/** The address of the tasks that the filters leave, narrowed by what was pressed. */
export function tasksLink({ role, node, priority, category }: Filters, behind: TasksBehind): string {
  return `/tasks${searchWith("", WRITTEN, ALL, { ...ALL, role, node, priority, category, ...behind })}`;
}
