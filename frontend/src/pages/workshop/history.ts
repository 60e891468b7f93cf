/** What was drawn, step by step, so that each step can be taken back and done again. Pure. */
import { MOST_STEPS } from "./limits";
import { EMPTY, type Drawn } from "./network";

export interface History {
  past: readonly Drawn[];
  now: Drawn;
  future: readonly Drawn[];
}

export const beginning = (now: Drawn = EMPTY): History => ({ past: [], now, future: [] });

/** With one step more; what had been taken back is gone. */
export const withStep = (history: History, now: Drawn): History =>
  now === history.now ? history : { past: [...history.past, history.now].slice(-MOST_STEPS), now, future: [] };

export function undone({ past, now, future }: History): History {
  const last = past.at(-1);
  return last ? { past: past.slice(0, -1), now: last, future: [now, ...future] } : { past, now, future };
}

export function redone({ past, now, future }: History): History {
  const [next, ...later] = future;
  return next ? { past: [...past, now], now: next, future: later } : { past, now, future };
}
