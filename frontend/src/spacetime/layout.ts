/** Where each step stands in a space-time diagram: a lane for each node, time or causal depth to the right. */
import type { Index } from "./moment";
import type { Run } from "./steps";

/** What goes to the right: the clock, or the longest chain of causes, in which nothing stands on anything else. */
export type Across = "time" | "depth";
/** From top to bottom: as the network has them, or as they awake. */
export type Down = "network" | "awaking";

export interface Layout {
  /** Of each step, in columns. */
  x: Float64Array;
  columns: number;
  /** The nodes from top to bottom. */
  lanes: readonly number[];
  /** The lane of each node; -1 where it has none. */
  laneOf: Int32Array;
  /** The steps from left to right. */
  byX: Int32Array;
  /** The messages by where they begin, and for each block of `ARROWS` the rightmost end, so that few are looked at. */
  arrows: Int32Array;
  arrowEnds: Float64Array;
}

const ARROWS = 64;
/** How far to the right a message goes that nobody receives (columns). */
const STUB = 0.6;

const sortedBy = (count: number, key: (at: number) => number): Int32Array =>
  Int32Array.from({ length: count }, (_, at) => at).sort((a, b) => key(a) - key(b) || a - b);

function columnsOf({ steps }: Run, across: Across): Float64Array {
  if (across === "depth") return Float64Array.from(steps, ({ depth }) => depth - 1);
  const times = new Set(steps.map(({ t }) => t)).size;
  const [first, last] = [steps[0]?.t ?? 0, steps.at(-1)?.t ?? 0];
  const scale = last > first ? Math.max(1, times - 1) / (last - first) : 0;
  return Float64Array.from(steps, ({ t }) => (t - first) * scale);
}

/** Where a message ends, in columns. */
export function arrowEnd({ flights, steps }: Run, x: Float64Array, flight: number): number {
  const { endsIn = Infinity, sentIn = 0, lost = true } = flights[flight] ?? {};
  return lost || !steps[endsIn] ? (x[sentIn] ?? 0) + STUB : (x[endsIn] ?? 0);
}

/** `only` are the nodes that have a lane; all where it is null. */
export function layOut(index: Index, across: Across, down: Down, only: ReadonlySet<number> | null = null): Layout {
  const { run, wokeIn } = index;
  const { steps, flights, recording } = run;
  const nodes = recording.network.names.length;
  const x = columnsOf(run, across);
  const order = down === "network" ? Int32Array.from({ length: nodes }, (_, at) => at) : sortedBy(nodes, (node) => Math.min(wokeIn[node] ?? Infinity, steps.length));
  const lanes = [...order].filter((node) => only?.has(node) ?? true);
  const laneOf = new Int32Array(nodes).fill(-1);
  lanes.forEach((node, lane) => { laneOf[node] = lane; });
  const start = (flight: number) => x[flights[flight]?.sentIn ?? 0] ?? 0;
  const arrows = sortedBy(flights.length, start);
  const arrowEnds = new Float64Array(Math.ceil(arrows.length / ARROWS)).fill(-1);
  arrows.forEach((flight, place) => {
    const block = Math.floor(place / ARROWS);
    arrowEnds[block] = Math.max(arrowEnds[block] ?? -1, arrowEnd(run, x, flight));
  });
  const columns = x.reduce((most, each) => Math.max(most, each), 0) + 1;
  return { x, columns, lanes, laneOf, byX: sortedBy(steps.length, (step) => x[step] ?? 0), arrows, arrowEnds };
}

/** The first place in `order` whose step is not left of `from`. */
export function firstAt(x: Float64Array, order: Int32Array, from: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[order[middle] ?? 0] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The messages that are seen between two columns. */
export function* arrowsBetween(run: Run, { x, arrows, arrowEnds }: Layout, from: number, to: number): Generator<number> {
  for (let block = 0; block < arrowEnds.length; block++) {
    if ((arrowEnds[block] ?? -1) < from) continue;
    for (let place = block * ARROWS; place < Math.min(arrows.length, (block + 1) * ARROWS); place++) {
      const flight = arrows[place] ?? 0;
      if ((x[run.flights[flight]?.sentIn ?? 0] ?? 0) > to) return;
      if (arrowEnd(run, x, flight) >= from) yield flight;
    }
  }
}
