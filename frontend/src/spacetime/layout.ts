/** Where each step stands in a space-time diagram: a lane for each node, time or causal depth to the right. */
import type { Index } from "./moment";
import { FLIGHTS, type Run } from "./steps";

/** What goes to the right: the clock, or the longest chain of causes, in which nothing stands on anything else. */
export type Across = "time" | "depth";
/** From top to bottom: as the network has them, or as they awake. */
export type Down = "network" | "awaking";

export interface Layout {
  across: Across;
  /** Of each step: how far right it is, as `across` counts it. */
  x: readonly number[];
  /** How many columns one of `x` is; everything has as many columns as there are different places. */
  scale: number;
  columns: number;
  /** The nodes from top to bottom. */
  lanes: readonly number[];
  /** Nodes that have no lanes of their own: they share one below all others. */
  together: readonly number[];
  /** The lane of each node; -1 where it has none. */
  laneOf: Int32Array;
}

/** How far to the right a message goes that nobody receives (columns). */
const STUB = 0.6;

function scaleOf({ times, differentTimes, steps }: Run, across: Across): number {
  if (across === "depth") return 1;
  const last = (steps.at(-1)?.t ?? 0) - (steps[0]?.t ?? 0);
  return last > 0 && times.length > 0 ? Math.max(1, differentTimes - 1) / last : 1;
}

/** Where a message ends, as `x` has it. */
export function arrowEnd({ flights, steps }: Run, { x, scale }: Layout, flight: number): number {
  const { endsIn = Infinity, sentIn = 0, lost = true } = flights[flight] ?? {};
  return lost || !steps[endsIn] ? (x[sentIn] ?? 0) + STUB / scale : (x[endsIn] ?? 0);
}

/** The nodes from top to bottom. */
export function lanesOf({ run, wokeIn }: Index, down: Down): number[] {
  const order = run.recording.network.names.map((_, at) => at);
  const woke = (node: number) => Math.min(wokeIn[node] ?? Infinity, run.steps.length);
  return down === "network" ? order : order.sort((a, b) => woke(a) - woke(b) || a - b);
}

/** `only` are the nodes that have a lane; all where it is null. */
export function layOut(index: Index, across: Across, down: Down, only: ReadonlySet<number> | null = null): Layout {
  const lanes = lanesOf(index, down);
  return layOutLanes(index, across, only === null ? lanes : lanes.filter((node) => only.has(node)));
}

/** With a lane for each of these nodes, from top to bottom, and one more for those that share one. */
export function layOutLanes({ run }: Index, across: Across, lanes: readonly number[], together: readonly number[] = []): Layout {
  const laneOf = new Int32Array(run.recording.network.names.length).fill(-1);
  lanes.forEach((node, lane) => { laneOf[node] = lane; });
  for (const node of together) laneOf[node] = lanes.length;
  const byDepth = across === "depth";
  return { across, x: byDepth ? run.depths : run.times, scale: scaleOf(run, across), columns: byDepth ? run.deepest : run.differentTimes, lanes, together, laneOf };
}

/** How many lanes are drawn. */
export const laneCount = ({ lanes, together }: Pick<Layout, "lanes" | "together">): number => lanes.length + (together.length > 0 ? 1 : 0);

/** The nodes of a lane. */
export function nodesOn({ lanes, together }: Layout, lane: number): readonly number[] {
  const node = lanes[lane];
  return node === undefined ? (lane === lanes.length ? together : []) : [node];
}

/** The first place in `order` whose step is not left of `from`; the steps of a node stand in such an order. */
export function firstAt(x: readonly number[], order: readonly number[], from: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[order[middle] ?? 0] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The messages that are seen between two places, as `x` has them. */
export function* arrowsBetween(run: Run, layout: Layout, from: number, to: number): Generator<number> {
  const { flights, blocks } = run;
  const { x, across, scale } = layout;
  for (let block = 0; block < blocks.length; block++) {
    const [first, last] = blocks[block]?.[across] ?? [0, 0];
    if (last + STUB / scale < from || first > to) continue;
    for (let flight = block * FLIGHTS; flight < Math.min(flights.length, (block + 1) * FLIGHTS); flight++) {
      if ((x[flights[flight]?.sentIn ?? 0] ?? 0) <= to && arrowEnd(run, layout, flight) >= from) yield flight;
    }
  }
}
