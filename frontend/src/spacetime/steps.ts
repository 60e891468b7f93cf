/**
 * A recording as people go through it: in steps, each with what a node did in answer.
 *
 * What happens to a node, such as a message that arrives, is a step; what the node sends and decides then belongs to it.
 * The lines of live servers are in the order of their clocks, so the answer of one node may stand behind what happened to
 * another: it belongs to the last step of its own node. Steps are ordered as their first lines are.
 */
import type { EventName, Line, Recording } from "./recording";
import { messageKind } from "./recording";

export type StepKind = Exclude<EventName, "join" | "send" | "decide">;

export interface Step {
  t: number;
  node: number;
  kind: StepKind;
  line: Line;
  /** The step before it at the same node; -1 for the first. */
  before: number;
  /** The message that arrives in it: its place among the flights; -1 for none. */
  arrived: number;
  /** The messages that are sent in it. */
  sent: number[];
  /** The values that are decided in it. */
  decided: unknown[];
  /** The longest chain of causes that leads to it, in steps; 1 where nothing does. */
  depth: number;
}

/** A message on its way. */
export interface Flight {
  from: number;
  to: number;
  kind: string;
  line: Line;
  sentIn: number;
  /** The step in which it arrives, or in which it is dropped; Infinity where neither is recorded. */
  endsIn: number;
  /** It was dropped, or is not seen to arrive. */
  lost: boolean;
}

export interface Run {
  recording: Recording;
  steps: readonly Step[];
  flights: readonly Flight[];
  /** The steps of each node, in order. */
  ofNode: readonly (readonly number[])[];
}

/** The messages that wait for their arrival, by sender, receiver and name; without a name the first is the first. */
class OnTheirWay {
  private readonly waiting = new Map<string, number[]>();

  private static key = (line: Line, from: number, to: number) => `${line.wave ?? ""} ${from} ${to} ${line.id ?? ""}`;

  add(line: Line, flight: number) {
    const key = OnTheirWay.key(line, line.node, line.peer);
    const queue = this.waiting.get(key);
    if (queue) queue.push(flight);
    else this.waiting.set(key, [flight]);
  }

  /** Takes the message that arrives at `to`; one that arrives a second time is found again. */
  take(line: Line, from: number, to: number): number {
    const queue = this.waiting.get(OnTheirWay.key(line, from, to));
    if (!queue) return -1;
    return (queue.length > 1 ? queue.shift() : queue[0]) ?? -1;
  }
}

const BELONGS: ReadonlySet<EventName> = new Set<EventName>(["join", "send", "decide"]);

/** Whether a message was lost where it was sent, and not where it would have arrived: then its sender tells it. */
const isLostAtOnce = ({ event, id, node }: Line, names: readonly string[]) =>
  event === "drop" && id !== null && id.slice(0, id.lastIndexOf(":")) === names[node];

const ARRIVALS: ReadonlySet<EventName> = new Set<EventName>(["receive", "drop", "late"]);

export function stepsOf(recording: Recording): Run {
  const steps: Step[] = [];
  const flights: Flight[] = [];
  const ofNode: number[][] = recording.network.names.map(() => []);
  const onTheirWay = new OnTheirWay();
  for (const line of recording.lines) {
    const mine = ofNode[line.node];
    const latest = mine?.at(-1) ?? -1;
    if (BELONGS.has(line.event)) {
      const step = steps[latest];
      if (!step) continue;
      if (line.event === "decide") step.decided.push(line.message);
      if (line.event === "send" && line.peer >= 0) {
        onTheirWay.add(line, flights.length);
        step.sent.push(flights.length);
        flights.push({ from: line.node, to: line.peer, kind: line.kind ?? messageKind(line.message), line, sentIn: latest, endsIn: Infinity, lost: true });
      }
      continue;
    }
    if (isLostAtOnce(line, recording.network.names)) {
      const lost = flights[onTheirWay.take(line, line.node, line.peer)];
      if (lost) lost.endsIn = lost.sentIn;
      continue;
    }
    const arrived = ARRIVALS.has(line.event) ? onTheirWay.take(line, line.peer, line.node) : -1;
    const flight = flights[arrived];
    const cause = steps[flight?.sentIn ?? -1]?.depth ?? 0;
    if (flight?.endsIn === Infinity) Object.assign(flight, { endsIn: steps.length, lost: line.event !== "receive" });
    mine?.push(steps.length);
    steps.push({
      t: line.t, node: line.node, kind: line.event as StepKind, line, before: latest, arrived, sent: [], decided: [],
      depth: 1 + Math.max(cause, steps[latest]?.depth ?? 0),
    });
  }
  return { recording, steps, flights, ofNode };
}
