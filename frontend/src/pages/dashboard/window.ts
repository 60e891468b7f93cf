/** From when to when the charts go: a range that follows the lab, or a span that was zoomed to. Pure. */

export const RANGES = ["1m", "5m", "15m", "1h", "6h", "24h", "all"] as const;
export type RangeName = (typeof RANGES)[number];

const RANGE_S: Record<Exclude<RangeName, "all">, number> = { "1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400 };
/** No chart shows less than this: its points are a second apart. */
export const LEAST_SPAN_S = 10;
/** Points of a chart: no screen shows more bars beside each other; some to spare, since the lab's clock goes on meanwhile. */
export const POINTS = 320;
/** Columns of the heat map, each with a value of every node; where nodes are many a longer step has to do. */
export const heatColumns = (nodes: number): number => (nodes > MANY_NODES ? 64 : POINTS);
const MANY_NODES = 200;

export interface TimeState {
  range: RangeName;
  since: number | null;
  until: number | null;
  paused: number | null;
}

/** Whether the charts follow the lab. */
export const isLive = ({ since, until, paused }: TimeState): boolean => since === null && until === null && paused === null;

/** The span (unix s) that is shown at `now`, of a lab whose record began at `beginning`. */
export function windowOf({ range, since, until, paused }: TimeState, now: number, beginning: number): [number, number] {
  const end = until ?? paused ?? now;
  const start = since ?? (range === "all" ? Math.min(beginning, end - LEAST_SPAN_S) : end - RANGE_S[range]);
  return start < end ? [start, Math.max(end, start + LEAST_SPAN_S)] : [end - LEAST_SPAN_S, end];
}

/** A span as it is zoomed to: whole seconds, not shorter than can be seen, not after `now`. */
export function spanOf(since: number, until: number, now: number): { since: number; until: number } {
  const middle = (since + until) / 2;
  const half = Math.max(until - since, LEAST_SPAN_S) / 2;
  const end = Math.min(Math.ceil(middle + half), Math.ceil(now));
  return { since: Math.max(0, Math.min(Math.floor(middle - half), end - LEAST_SPAN_S)), until: end };
}

/** The span beside the one that is shown: `steps` halves of it further on, or back. */
export function shifted([since, until]: readonly [number, number], steps: number, now: number): { since: number; until: number } {
  const by = Math.min((steps * (until - since)) / 2, now - until);
  return spanOf(since + by, until + by, now);
}

const STEPS_S = [1, 2, 5, 10, 30, 60];

/** How often (ms) the lab is asked: no more often than a chart over `spanS` seconds would change. */
export function askEveryMs(spanS: number, nodes = 0): number {
  const step = Math.max(spanS / POINTS / 2, nodes > MANY_NODES ? 5 : nodes > 0 ? 2 : 1);
  return 1_000 * (STEPS_S.find((one) => one >= step) ?? 60);
}
