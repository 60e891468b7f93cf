/** What led to a step, and what it led to (L. Lamport, 1978: the relation "happened before"). */
import type { Run } from "./steps";

export interface Cone {
  /** 1 for each step that happened before the step, or is it. */
  past: Uint8Array;
  /** 1 for each step that it happened before, or is it. */
  future: Uint8Array;
}

/** Goes from a step along `next`, which puts what it finds behind the others, to all that can be reached. */
function reached(count: number, first: number, next: (step: number, waiting: number[]) => void): Uint8Array {
  const found = new Uint8Array(count);
  const waiting = [first];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (step < 0 || step >= count || found[step] === 1) continue;
    found[step] = 1;
    next(step, waiting);
  }
  return found;
}

export function coneOf(run: Run, step: number): Cone {
  const { steps, flights } = run;
  return {
    past: reached(steps.length, step, (at, waiting) => {
      const { before = -1, arrived = -1 } = steps[at] ?? {};
      waiting.push(before, flights[arrived]?.sentIn ?? -1);
    }),
    future: reached(steps.length, step, (at, waiting) => {
      const { after = -1, sent = [] } = steps[at] ?? {};
      waiting.push(after);
      for (const flight of sent) waiting.push(arrivalOf(run, flight));
    }),
  };
}

/** The step in which a message arrives; -1 where it does not. */
export function arrivalOf({ flights, steps }: Run, flight: number): number {
  const { endsIn = Infinity } = flights[flight] ?? {};
  return steps[endsIn]?.kind === "receive" ? endsIn : -1;
}
