/** How it stands after a step: what each node is, what is on its way, what was counted. */
import { FLIGHTS, type Run } from "./steps";

export type NodePhase = "asleep" | "awake" | "decided" | "down";

/** What is asked of a run again and again while somebody goes through it, made once. */
export interface Index {
  run: Run;
  /** The step in which each node awakes; Infinity where it does not. */
  wokeIn: Float64Array;
  /** The neighbour whose message woke each node; -1 for those that began by themselves. */
  wokenBy: Int32Array;
  /** The first step in which each node decides; Infinity where it does not. */
  decidedIn: Float64Array;
  /** By node: the steps in which it goes down and comes back, in order. */
  outages: ReadonlyMap<number, readonly { step: number; down: boolean }[]>;
  /** The steps in which links are cut and mended, in order. */
  cuts: readonly { step: number; a: number; b: number; cut: boolean }[];
  /** What was counted up to and with each step, so that any moment is looked up. */
  meters: readonly Meter[];
}

export interface Meter {
  messages: number;
  decisions: number;
  /** The longest chain of causes so far, in steps. */
  depth: number;
}

export const indexOf = (run: Run): Index => follow(emptyIndex(run), run, 0);

const emptyIndex = (run: Run): Index => {
  const nodes = run.recording.network.names.length;
  return {
    run, wokeIn: new Float64Array(nodes).fill(Infinity), wokenBy: new Int32Array(nodes).fill(-1), decidedIn: new Float64Array(nodes).fill(Infinity),
    outages: new Map(), cuts: [], meters: [],
  };
};

/** The index of a run that has gone on, and is another one from the step `from` on; what there was is taken over. */
export function follow(index: Index, run: Run, from: number): Index {
  const { wokeIn, wokenBy, decidedIn } = index;
  const outages = index.outages as Map<number, { step: number; down: boolean }[]>;
  const [cuts, meters] = [index.cuts as { step: number; a: number; b: number; cut: boolean }[], index.meters as Meter[]];
  const known = meters.length;
  meters.length = Math.min(known, from);
  let { messages, decisions, depth } = meters.at(-1) ?? { messages: 0, decisions: 0, depth: 0 };
  for (let at = meters.length; at < run.steps.length; at++) {
    const step = run.steps[at];
    if (!step) break;
    const { kind, node, line, decided } = step;
    messages += step.sent.length;
    decisions += decided.length;
    depth = Math.max(depth, step.depth);
    meters.push({ messages, decisions, depth });
    if (decided.length > 0) decidedIn[node] = Math.min(decidedIn[node] ?? Infinity, at);
    if (at < known) continue;
    if ((kind === "start" || kind === "receive") && wokeIn[node] === Infinity) {
      wokeIn[node] = at;
      wokenBy[node] = kind === "receive" ? line.peer : -1;
    }
    if (kind === "crash" || kind === "restart") outages.set(node, [...(outages.get(node) ?? []), { step: at, down: kind === "crash" }]);
    if (kind === "cut" || kind === "mend") cuts.push({ step: at, a: node, b: line.peer, cut: kind === "cut" });
  }
  return { ...index, run };
}

/** What a node is after a step. */
export function phaseOf(index: Index, node: number, step: number): NodePhase {
  let down = false;
  for (const outage of index.outages.get(node) ?? []) {
    if (outage.step > step) break;
    ({ down } = outage);
  }
  if (down) return "down";
  if ((index.decidedIn[node] ?? Infinity) <= step) return "decided";
  return (index.wokeIn[node] ?? Infinity) <= step ? "awake" : "asleep";
}

/** The value that a node decided first, and whether it has by this step. */
export function decisionOf({ run, decidedIn }: Index, node: number, step: number): { value: unknown } | null {
  const at = decidedIn[node] ?? Infinity;
  return at <= step ? { value: run.steps[at]?.decided[0] } : null;
}

/** The links that are cut after a step, as pairs of nodes, the lesser first. */
export function cutLinks({ cuts }: Index, step: number): Set<string> {
  const found = new Set<string>();
  for (const { step: at, a, b, cut } of cuts) {
    if (at > step) break;
    const key = linkKey(a, b);
    if (cut) found.add(key);
    else found.delete(key);
  }
  return found;
}

export const linkKey = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

/** The places of the messages that are on their way after a step, in the order of their sending; at most `most`. */
export function onTheirWay({ run }: Index, step: number, most: number): number[] {
  const { flights, blocks } = run;
  const found: number[] = [];
  for (let block = 0; block < blocks.length; block++) {
    if ((flights[block * FLIGHTS]?.sentIn ?? Infinity) > step || found.length >= most) break;
    if ((blocks[block]?.latestEnd ?? -1) <= step) continue;
    for (let flight = block * FLIGHTS; flight < Math.min(flights.length, (block + 1) * FLIGHTS); flight++) {
      const { sentIn = Infinity, endsIn = 0 } = flights[flight] ?? {};
      if (sentIn <= step && endsIn > step && found.length < most) found.push(flight);
    }
  }
  return found;
}
