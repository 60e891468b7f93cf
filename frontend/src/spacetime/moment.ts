/** How it stands after a step: what each node is, what is on its way, what was counted. */
import type { Run } from "./steps";

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
  /** The steps in which nodes go down and come back, in order. */
  outages: readonly { step: number; node: number; down: boolean }[];
  /** The steps in which links are cut and mended, in order. */
  cuts: readonly { step: number; a: number; b: number; cut: boolean }[];
  /** The latest end of the messages of each block of `BLOCK`, in the order of their sending. */
  latestEnd: Float64Array;
}

/** Messages in a block: a search for those on their way leaves out the blocks in which all have ended. */
const BLOCK = 64;

export function indexOf(run: Run): Index {
  const { steps, flights, recording } = run;
  const nodes = recording.network.names.length;
  const wokeIn = new Float64Array(nodes).fill(Infinity);
  const decidedIn = new Float64Array(nodes).fill(Infinity);
  const wokenBy = new Int32Array(nodes).fill(-1);
  const outages: { step: number; node: number; down: boolean }[] = [];
  const cuts: { step: number; a: number; b: number; cut: boolean }[] = [];
  steps.forEach(({ kind, node, line, decided }, step) => {
    if ((kind === "start" || kind === "receive") && wokeIn[node] === Infinity) {
      wokeIn[node] = step;
      wokenBy[node] = kind === "receive" ? line.peer : -1;
    }
    if (decided.length > 0 && decidedIn[node] === Infinity) decidedIn[node] = step;
    if (kind === "crash" || kind === "restart") outages.push({ step, node, down: kind === "crash" });
    if (kind === "cut" || kind === "mend") cuts.push({ step, a: node, b: line.peer, cut: kind === "cut" });
  });
  const latestEnd = new Float64Array(Math.ceil(flights.length / BLOCK)).fill(-1);
  flights.forEach(({ endsIn }, flight) => {
    const block = Math.floor(flight / BLOCK);
    latestEnd[block] = Math.max(latestEnd[block] ?? -1, endsIn);
  });
  return { run, wokeIn, wokenBy, decidedIn, outages, cuts, latestEnd };
}

/** What a node is after a step. */
export function phaseOf(index: Index, node: number, step: number): NodePhase {
  let down = false;
  for (const outage of index.outages) {
    if (outage.step > step) break;
    if (outage.node === node) ({ down } = outage);
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
export function onTheirWay({ run, latestEnd }: Index, step: number, most: number): number[] {
  const { flights } = run;
  const found: number[] = [];
  for (let block = 0; block < latestEnd.length; block++) {
    if ((flights[block * BLOCK]?.sentIn ?? Infinity) > step || found.length >= most) break;
    if ((latestEnd[block] ?? -1) <= step) continue;
    for (let flight = block * BLOCK; flight < Math.min(flights.length, (block + 1) * BLOCK); flight++) {
      const { sentIn = Infinity, endsIn = 0 } = flights[flight] ?? {};
      if (sentIn <= step && endsIn > step && found.length < most) found.push(flight);
    }
  }
  return found;
}

export interface Meter {
  messages: number;
  decisions: number;
  /** The longest chain of causes so far, in steps. */
  depth: number;
}

/** What was counted up to and with each step, so that any moment is looked up. */
export function meters({ steps }: Run): Meter[] {
  let [messages, decisions, depth] = [0, 0, 0];
  return steps.map((step) => {
    messages += step.sent.length;
    decisions += step.decided.length;
    depth = Math.max(depth, step.depth);
    return { messages, decisions, depth };
  });
}
