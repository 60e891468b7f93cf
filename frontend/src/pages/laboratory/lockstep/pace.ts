/** How far a second run has come where the first one is at a step. */
import type { Run } from "../../../spacetime/steps";

export const PACES = ["time", "steps", "share"] as const;
/** By the same time, by as many steps, or by the same share of all steps, so that both are over together. */
export type Pace = (typeof PACES)[number];

/** The step of `second` that belongs to a step of `first`; 0 where it has no step. */
export function keepingPace(first: Run, second: Run, position: number, pace: Pace): number {
  const last = Math.max(0, second.steps.length - 1);
  const own = Math.max(0, first.steps.length - 1);
  switch (pace) {
    case "steps": return Math.min(position, last);
    case "share": return own === 0 ? 0 : Math.round((position / own) * last);
    case "time": return latestBy(second, (first.steps[position]?.t ?? 0) - (first.steps[0]?.t ?? 0));
  }
}

/** The last step that has happened when so much time has passed since the first one; its steps are in order of time. */
function latestBy({ steps }: Run, passed: number): number {
  const until = (steps[0]?.t ?? 0) + passed;
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.t ?? Infinity) <= until) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
