/** The part of the history that the timeline's charts show. */
import type { Points } from "../api/types";

/** Seconds under the charts. */
export const WINDOW_S = 180;

/** From when to when the charts go: the last three minutes, however little has happened in them. */
export function windowOf(history: Points, now: number): [number, number] {
  const end = Math.max(now, history.time.at(-1) ?? now);
  return [end - WINDOW_S, end];
}

/** Where a moment lies in the window, 0 to 1, or null outside. */
export function placeIn([start, end]: readonly [number, number], time: number): number | null {
  const place = (time - start) / (end - start);
  return place < 0 || place > 1 ? null : place;
}

/** The history with its last state held until `now`: the balancer sends points only when something changes. */
export function untilNow(history: Points, now: number): Points {
  const last = history.time.at(-1);
  if (last === undefined || now <= last) return history;
  return {
    time: [...history.time, now],
    load: [...history.load, history.load.at(-1) ?? 0],
    imbalance: [...history.imbalance, history.imbalance.at(-1) ?? 0],
    moves: [...history.moves, 0],
  };
}
