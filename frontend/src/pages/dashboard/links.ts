/** Where a bar or a point leads: the tasks behind it, by the filters of the page of tasks. Pure. */
import type { TaskPriority, TaskStatus } from "../../api/types";
import type { Filters } from "./state";

export interface TasksBehind {
  status?: TaskStatus;
  node?: string | null;
  role?: string | null;
  category?: string | null;
  priority?: TaskPriority | null;
  /** Submitted from then on, and before then (unix s). */
  since?: number;
  until?: number;
}

/** The address of the tasks that the filters leave, narrowed by what was pressed. */
export function tasksLink(filters: Filters, behind: TasksBehind): string {
  const wanted = { ...filters, ...behind };
  const query = new URLSearchParams();
  for (const key of ["status", "node", "role", "priority", "category", "since", "until"] as const) {
    const value = wanted[key];
    if (value !== null && value !== undefined && value !== "") query.set(key, String(value));
  }
  const said = query.toString();
  return said ? `/tasks?${said}` : "/tasks";
}
