/** What the lab is asked for again and again as long as somebody looks at it: pages of tasks, executors. */
import { useEffect, useRef, useState } from "react";
import { ActionError } from "../api/rest";
import type { Problem } from "../api/types";
import { useConnected } from "./lab-store";

/** Asked again after this, when something has changed; many pages may look at one lab. */
const LOOK_MS = 1_000;
/** And after this in any case: not every change is seen in what the stream says. So is what could not be answered. */
const SLOWLY_MS = 5_000;

export interface Polled<T> {
  /** The last answer to this question; null until there is one. */
  value: T | null;
  /** Why there was none just now. */
  problem: Problem | null;
  /** Asks at once. */
  again: () => void;
  /** Changes the last answer by what the lab has said since, and asks at once: a question under way may have been answered before. */
  take: (change: (value: T) => T) => void;
}

/** Whether it is time to ask again, `sinceMs` after the last question. */
export const isDue = (changed: boolean, failed: boolean, sinceMs: number, everyMs: number): boolean =>
  changed || sinceMs >= (failed ? Math.min(everyMs, SLOWLY_MS) : everyMs);

/**
 * Asks as soon as it is seen, and again when `changed` has another value. An answer to another `key` is none to this one;
 * a page that is hidden or not connected asks nothing. Where nothing says that something has changed, `everyMs` says when to ask.
 */
export function usePolled<T>(key: string, changed: string, ask: () => Promise<T>, everyMs = SLOWLY_MS): Polled<T> {
  const connected = useConnected();
  const [found, setFound] = useState<{ key: string; value: T | null; problem: Problem | null } | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef({ ask, changed, everyMs });
  useEffect(() => { latest.current = { ask, changed, everyMs }; });
  useEffect(() => {
    if (!connected) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let askedMs = -Infinity;
    let seen: string | null = null;
    let failed = false;
    const look = async () => {
      const now = latest.current;
      if (!document.hidden && isDue(now.changed !== seen, failed, performance.now() - askedMs, now.everyMs)) {
        askedMs = performance.now();
        seen = now.changed;
        try {
          const value = await now.ask();
          failed = false;
          if (!ended) setFound({ key, value, problem: null });
        } catch (error) {
          failed = true;
          const problem = error instanceof ActionError ? error.problem : null;
          if (!ended) setFound((before) => ({ key, value: before?.key === key ? before.value : null, problem }));
        }
      }
      if (!ended) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [key, connected, turn]);
  const own = found?.key === key ? found : null;
  const again = () => { setTurn((now) => now + 1); };
  const take = (change: (value: T) => T) => {
    setFound((before) => (before?.key === key && before.value !== null ? { ...before, value: change(before.value) } : before));
    again();
  };
  return { value: own?.value ?? null, problem: own?.problem ?? null, again, take };
}
