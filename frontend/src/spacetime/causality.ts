/** What led to a step, and what it led to (L. Lamport, 1978: the relation "happened before"). */
import type { Run } from "./steps";

export interface Cone {
  /** 1 for each step that happened before the step, or is it. */
  past: Uint8Array;
  /** 1 for each step that it happened before, or is it. */
  future: Uint8Array;
}

/** Goes from a step along `next` to all that can be reached. */
function reached(count: number, first: number, next: (step: number) => Iterable<number>): Uint8Array {
  const found = new Uint8Array(count);
  const waiting = [first];
  found[first] = 1;
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    for (const other of next(step)) {
      if (other < 0 || other >= count || found[other] === 1) continue;
      found[other] = 1;
      waiting.push(other);
    }
  }
  return found;
}

/** The step after it at the same node, for each step; -1 for the last. */
function followers({ steps }: Run): Int32Array {
  const after = new Int32Array(steps.length).fill(-1);
  steps.forEach(({ before }, step) => { if (before >= 0) after[before] = step; });
  return after;
}

export function coneOf(run: Run, step: number): Cone {
  const { steps, flights } = run;
  const after = followers(run);
  const cause = (flight: number) => flights[flight]?.sentIn ?? -1;
  return {
    past: reached(steps.length, step, (at) => [steps[at]?.before ?? -1, cause(steps[at]?.arrived ?? -1)]),
    future: reached(steps.length, step, (at) => [
      after[at] ?? -1,
      ...(steps[at]?.sent ?? []).map((flight) => arrivalOf(run, flight)),
    ]),
  };
}

/** The step in which a message arrives; -1 where it does not. */
export function arrivalOf({ flights, steps }: Run, flight: number): number {
  const { endsIn = Infinity } = flights[flight] ?? {};
  return steps[endsIn]?.kind === "receive" ? endsIn : -1;
}
