/** The states of tasks as bars: their order, their colours, which are the same in every chart, and their sums. Pure. */
import type { StatusCounts, TaskStatus } from "../../api/types";
import type { Tokens } from "../../theme/tokens";

export const STATUSES = ["running", "assigned", "pending", "moving", "completed", "failed", "cancelled"] as const satisfies readonly TaskStatus[];

export const STATUS_COLOURS: Record<TaskStatus, keyof Tokens> = {
  running: "accent", assigned: "out", pending: "warn", moving: "finn", completed: "back", failed: "bad", cancelled: "link",
};

export const sumOf = (counts: StatusCounts): number => STATUSES.reduce((sum, status) => sum + counts[status], 0);

/** Those that wait for a core. */
export const waitingIn = (counts: StatusCounts): number => counts.pending + counts.assigned;

/** Groups of tasks by how many there are, the most first; those without any are left out. */
export const ordered = (groups: Record<string, StatusCounts>): [string, StatusCounts][] =>
  Object.entries(groups).filter(([, counts]) => sumOf(counts) > 0).toSorted(([a, one], [b, other]) => sumOf(other) - sumOf(one) || (a < b ? -1 : 1));
