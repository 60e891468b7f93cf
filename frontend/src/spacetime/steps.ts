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
  /** The step after it at the same node; -1 for the last. */
  after: number;
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

/** `FLIGHTS` messages that were sent one after the other: what is asked of all is answered without a look at most. */
export interface Block {
  /** The last step in which one of them ends; Infinity while one is on its way. */
  latestEnd: number;
  /** From where to where they go, by the clock and by causal depth. */
  time: [number, number];
  depth: [number, number];
}

/** Messages in a block. */
export const FLIGHTS = 64;

/** What a run is to those who look at it; its arrays become longer while it goes on. */
export interface Run {
  recording: Recording;
  steps: readonly Step[];
  flights: readonly Flight[];
  /** The steps of each node, in order. */
  ofNode: readonly (readonly number[])[];
  /** The steps of no node in particular, such as a partition. */
  ofNobody: readonly number[];
  blocks: readonly Block[];
  /** The kinds of messages, in the order in which they are first sent. */
  kinds: readonly string[];
  /** When each step is, after the first one. */
  times: readonly number[];
  /** The longest chain of causes that leads to each step, but for itself. */
  depths: readonly number[];
  /** How many different times there are, and how long the longest chain of causes is. */
  differentTimes: number;
  deepest: number;
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

/** A run that goes on: what comes is put behind what there is. */
export class Growing {
  private readonly lines: Line[] = [];
  private readonly steps: Step[] = [];
  private readonly flights: Flight[] = [];
  private readonly ofNode: number[][];
  private readonly ofNobody: number[] = [];
  private readonly blocks: Block[] = [];
  private readonly kinds = new Set<string>();
  private readonly times: number[] = [];
  private readonly depths: number[] = [];
  private readonly different = new Set<number>();
  private readonly onTheirWay = new OnTheirWay();
  private deepest = 0;

  constructor(private readonly recording: Recording) {
    this.ofNode = recording.network.names.map(() => []);
    this.add(recording.lines);
  }

  /** The run as far as it has come. */
  run(): Run {
    const { steps, flights, ofNode, ofNobody, blocks, times, depths, deepest } = this;
    return {
      recording: { ...this.recording, lines: this.lines }, steps, flights, ofNode, ofNobody, blocks, kinds: [...this.kinds], times, depths,
      differentTimes: this.different.size, deepest,
    };
  }

  /** Goes on; returns the first step that is new or has become another one. */
  add(lines: Iterable<Line>): number {
    let touched = this.steps.length;
    for (const line of lines) {
      this.lines.push(line);
      touched = Math.min(touched, this.addLine(line));
    }
    return touched;
  }

  private addLine(line: Line): number {
    const { steps, flights } = this;
    const mine = this.ofNode[line.node];
    const latest = mine?.at(-1) ?? -1;
    if (BELONGS.has(line.event)) {
      const step = steps[latest];
      if (!step) return Infinity;
      if (line.event === "decide") step.decided.push(line.message);
      if (line.event === "send" && line.peer >= 0) this.send(line, latest, step);
      return latest;
    }
    if (isLostAtOnce(line, this.recording.network.names)) {
      const place = this.onTheirWay.take(line, line.node, line.peer);
      this.end(place, flights[place]?.sentIn ?? 0, true);
      return Infinity;
    }
    const arrived = ARRIVALS.has(line.event) ? this.onTheirWay.take(line, line.peer, line.node) : -1;
    const cause = steps[flights[arrived]?.sentIn ?? -1]?.depth ?? 0;
    const depth = 1 + Math.max(cause, steps[latest]?.depth ?? 0);
    const number = steps.length;
    (mine ?? this.ofNobody).push(number);
    steps.push({ t: line.t, node: line.node, kind: line.event as StepKind, line, before: latest, after: -1, arrived, sent: [], decided: [], depth });
    const before = steps[latest];
    if (before) before.after = number;
    this.times.push(line.t - (steps[0]?.t ?? 0));
    this.depths.push(depth - 1);
    this.different.add(line.t);
    this.deepest = Math.max(this.deepest, depth);
    if (flights[arrived]?.endsIn === Infinity) this.end(arrived, number, line.event !== "receive");
    return number;
  }

  private send(line: Line, sentIn: number, step: Step): void {
    const place = this.flights.length;
    const kind = line.kind ?? messageKind(line.message);
    this.onTheirWay.add(line, place);
    this.kinds.add(kind);
    step.sent.push(place);
    this.flights.push({ from: line.node, to: line.peer, kind, line, sentIn, endsIn: Infinity, lost: true });
    const block = (this.blocks[Math.floor(place / FLIGHTS)] ??= { latestEnd: -1, time: [Infinity, -Infinity], depth: [Infinity, -Infinity] });
    block.latestEnd = Infinity;
    this.reach(block, sentIn);
  }

  private end(place: number, endsIn: number, lost: boolean): void {
    const flight = this.flights[place];
    if (!flight) return;
    Object.assign(flight, { endsIn, lost });
    const number = Math.floor(place / FLIGHTS);
    const block = this.blocks[number];
    if (!block) return;
    block.latestEnd = this.flights.slice(number * FLIGHTS, (number + 1) * FLIGHTS).reduce((most, each) => Math.max(most, each.endsIn), -1);
    this.reach(block, endsIn);
  }

  private reach({ time, depth }: Block, step: number): void {
    for (const [range, at] of [[time, this.times[step] ?? 0], [depth, this.depths[step] ?? 0]] as const) {
      range[0] = Math.min(range[0], at);
      range[1] = Math.max(range[1], at);
    }
  }
}

export const stepsOf = (recording: Recording): Run => new Growing(recording).run();
