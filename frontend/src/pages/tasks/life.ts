/** What became of a task, as stretches of time on nodes, from what the journal tells of it. Pure. */
import type { TaskHistory } from "../../api/types";

export type Phase = "waiting" | "running" | "moving";

export interface Stretch {
  /** Null where it was on no node. */
  node: string | null;
  phase: Phase;
  /** Unix seconds. */
  from: number;
  until: number;
  /** What began it, as the journal says it. */
  what: string;
}

const OVER = /^(completed|failed|cancelled|handed to)/u;

/** What a task does after an event; undefined where that changes nothing, null where it is over. */
function phaseAfter(what: string): Phase | null | undefined {
  if (OVER.test(what)) return null;
  if (what.startsWith("running")) return "running";
  if (what.startsWith("moving")) return "moving";
  return /^(pending|put back|assigned)/u.test(what) ? "waiting" : undefined;
}

/** The stretches of a task's life, oldest first; one that is not over lasts until `now` (unix s). */
export function lifeOf(history: TaskHistory["history"], now: number): Stretch[] {
  const stretches: Stretch[] = [];
  let open: Omit<Stretch, "until"> | null = null;
  for (const { time, node, what } of history) {
    const phase = phaseAfter(what);
    if (phase === undefined) continue;
    if (open) stretches.push({ ...open, until: Math.max(time, open.from) });
    open = phase && { node: what.startsWith("pending") ? null : node, phase, from: time, what };
  }
  if (open) stretches.push({ ...open, until: Math.max(now, open.from) });
  return stretches;
}

/** The nodes of a life in the order in which it came to them; null for none. */
export const lanesOf = (stretches: readonly Stretch[]): (string | null)[] => [...new Set(stretches.map(({ node }) => node))];
