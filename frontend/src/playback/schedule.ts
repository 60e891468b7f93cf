/**
 * The schedule of a wave: its recorded events, timed anew so that people can follow them.
 *
 * Two paces. "hops": every message takes one unit of time and the events of a node keep their order, so the schedule
 * is an execution equivalent to the recorded one (same events, same causal order; Tel 2000, section 2.3). "measured":
 * the recorded times as they are. Times in a schedule are units from 0 to `length`; the clock stretches them to
 * seconds.
 *
 * A schedule is one list of steps, each one event: what is shown at any place follows from how many of them are over.
 * That a node died, was stopped or cut is a step, too, at the moment at which it happened; the last step is the end.
 */
import type { NodeState, WaveEvents } from "../api/types";
import { kindOf, Pending, type Message } from "./messages";

export type Pace = "hops" | "measured";

/** What a node has done so far in the wave; `missing` at its end where the wave ended without it. */
export type Phase = "idle" | "reached" | "done" | "decided" | "missing";

export interface NodeThen {
  state: NodeState;
  cut: boolean;
  load: number;
}

export interface Step {
  at: number;
  kind: "start" | "send" | "receive" | "late" | "decide" | "down" | "node" | "end";
  node: number;
  peer: number | null;
  message: Message | null;
  /** What the node is from now on, of the kind "node". */
  then: NodeThen | null;
}

interface PhaseChange {
  /** How many steps are over when it holds. */
  step: number;
  node: number;
  phase: Phase;
}

/** What a node is once so many steps are over. */
interface NodeChange {
  step: number;
  node: number;
  then: NodeThen;
}

export interface Schedule {
  /** In the order in which they happen; `at` rises. */
  steps: Step[];
  /** In the order in which they were sent. */
  messages: Message[];
  /** In the order of `step`. */
  changes: PhaseChange[];
  nodeChanges: NodeChange[];
  length: number;
  /** The longest flight of a message: how far back a player has to look for messages on their way. */
  longest: number;
  nodes: string[];
  /** What the nodes were when the wave began. */
  began: NodeThen[];
}

/** Two events of one node are at least this far apart in "hops". */
const APART = 0.02;

/** An event as recorded, of a node or about one. */
interface Row {
  t: number;
  /** Order among events of the same moment: what a node becomes, then sends, then receives. */
  rank: number;
  row: number;
}

function inOrder(events: WaveEvents): Row[] {
  const rows: Row[] = events.changes.t_us.map((t, row) => ({ t, rank: 0, row }));
  events.event.forEach((event, row) => {
    rows.push({ t: events.t_us[row] ?? 0, rank: event === "receive" || event === "late" ? 2 : 1, row });
  });
  return rows.sort((a, b) => a.t - b.t || a.rank - b.rank || a.row - b.row);
}

/** Puts steps at their places, whatever the pace; the rules of "hops" are here and nowhere else. */
class Timing {
  private readonly local: Float64Array;
  /** The latest place so far: what happens outside of all nodes happens there. */
  private front = 0;

  constructor(private readonly pace: Pace, private readonly first: number, nodes: number) {
    this.local = new Float64Array(nodes).fill(-APART);
  }

  /** The place of an event of `node`, never before `earliest`; `apart` keeps it off the node's event before. */
  place(node: number, t: number, apart: boolean, earliest = 0): number {
    const own = this.local[node] ?? 0;
    const at = this.pace === "measured" ? Math.max(0, t - this.first) : Math.max(own + (apart ? APART : 0), earliest, 0);
    this.local[node] = at;
    this.front = Math.max(this.front, at);
    return at;
  }

  /** The place of what happened to `node` from outside. */
  outside(node: number, t: number): number {
    return this.place(node, t, true, this.front);
  }
}

export function scheduleOf(events: WaveEvents, pace: Pace): Schedule {
  const { wave, began } = events;
  const steps: Step[] = [];
  const messages: Message[] = [];
  const pending = new Pending();
  let first = Infinity;
  for (const t of events.t_us) first = Math.min(first, t);
  const timing = new Timing(pace, first, events.nodes.length);
  const isOver = wave.state !== "running";
  const isForeign = (node: number) => began.state[node] === "foreign";

  const add = (kind: Step["kind"], node: number, at: number, rest: Partial<Step> = {}) => {
    steps.push({ at, kind, node, peer: null, message: null, then: null, ...rest });
  };
  const send = (from: number, to: number, kind: string | null, at: number): Message => {
    const message: Message = {
      from, to, kind: kindOf(kind, wave.algorithm), sent: at, arrives: Number.NaN, lost: false, number: 0, sentStep: 0, arrivesStep: Infinity,
    };
    messages.push(message);
    add("send", from, at, { peer: to, message });
    return message;
  };

  for (const { t, rank, row } of inOrder(events)) {
    if (rank === 0) {
      const node = events.changes.node[row] ?? 0;
      const then = { state: events.changes.state[row] ?? "up", cut: events.changes.cut[row] ?? false, load: events.changes.load[row] ?? 0 };
      add("node", node, timing.outside(node, t), { then });
      continue;
    }
    const node = events.node[row] ?? 0;
    const peer = events.peer[row] ?? null;
    const id = events.message[row] ?? null;
    const kind = events.kind[row] ?? null;
    const event = events.event[row];
    if (event === "send" && peer !== null) {
      pending.add(send(node, peer, kind, timing.place(node, t, false)), id);
    } else if ((event === "receive" || event === "late") && peer !== null) {
      // What somebody else's node sent, or what was sent but not kept, is known by its arrival alone.
      const known = pending.take(peer, node, id);
      const at = timing.place(node, t, true, known ? known.sent + 1 : 0);
      const message = known ?? send(peer, node, kind, Math.max(0, pace === "hops" ? at - 1 : at));
      message.arrives = Math.max(at, message.sent);
      add(event, node, message.arrives, { peer, message });
    } else if (event === "start" || event === "decide" || event === "down") {
      add(event, node, timing.place(node, t, event !== "start"), { peer });
    }
  }

  const end = steps.reduce((latest, { at }) => Math.max(latest, at), 0);
  const flight = pace === "hops" ? 1 : Math.max(1, end / 10);
  for (const message of messages) {
    if (!Number.isNaN(message.arrives)) continue;
    // That a foreign node got it nobody reports, and of what was not kept nobody knows.
    message.lost = !isForeign(message.to) && events.not_kept === 0 && isOver;
    message.arrives = (isOver ? message.sent : end) + flight;
  }
  const length = !isOver ? Math.max(end, APART) : Math.max(messages.reduce((latest, { arrives }) => Math.max(latest, arrives), end), APART);
  const order = new Map(steps.map((step, index) => [step, index]));
  steps.sort((a, b) => a.at - b.at || (order.get(a) ?? 0) - (order.get(b) ?? 0));
  if (isOver) add("end", 0, length);
  number(steps, messages);
  return {
    steps,
    messages,
    changes: phaseChanges(steps, events),
    nodeChanges: steps.flatMap(({ node, then }, step) => (then ? [{ step: step + 1, node, then }] : [])),
    length,
    longest: messages.reduce((most, { sent, arrives }) => Math.max(most, arrives - sent), 0),
    nodes: events.nodes,
    began: events.nodes.map((_, node) => ({
      state: began.state[node] ?? "up", cut: began.cut[node] ?? false, load: began.load[node] ?? 0,
    })),
  };
}

/** Numbers the messages in the order in which they leave, and notes the steps at which they leave and arrive. */
function number(steps: readonly Step[], messages: Message[]): void {
  let sent = 0;
  steps.forEach(({ kind, message }, step) => {
    if (!message) return;
    if (kind === "send") {
      message.number = ++sent;
      message.sentStep = step;
    } else {
      message.arrivesStep = step;
    }
  });
  messages.sort((a, b) => a.number - b.number);
}

/** When each node is reached, done, has decided; who is missing at the end. A claim that nothing recorded supports is not made. */
function phaseChanges(steps: readonly Step[], { wave, nodes, began }: WaveEvents): PhaseChange[] {
  const changes: PhaseChange[] = [];
  const phases = new Map<number, Phase>();
  const lastStep = new Map<number, number>();
  const change = (step: number, node: number, phase: Phase) => {
    if (phases.get(node) === "decided" || phases.get(node) === phase) return;
    phases.set(node, phase);
    changes.push({ step: step + 1, node, phase });
  };
  const complete = wave.state === "complete";
  steps.forEach(({ kind, node, peer, message }, step) => {
    if (kind === "end" || kind === "node") return;
    if (kind === "start" || kind === "receive") change(step, node, "reached");
    if (kind === "decide") change(step, node, "decided");
    if (kind === "receive" && peer !== null && began.state[peer] === "foreign") change(step, peer, "reached");
    // Whoever has answered its parent is done; of other messages nobody knows whether more would follow.
    if (kind === "send" && message?.kind === "back" && !complete) change(step, node, "done");
    lastStep.set(node, step);
    if (peer !== null && began.state[peer] === "foreign") lastStep.set(peer, step);
  });
  if (complete) {
    for (const [node, step] of lastStep) if (phases.get(node) === "reached") change(step, node, "done");
  } else if (wave.state !== "running") {
    const numbers = new Map(nodes.map((name, node) => [name, node]));
    for (const name of wave.missing) {
      const node = numbers.get(name);
      if (node !== undefined) changes.push({ step: steps.length, node, phase: "missing" });
    }
  }
  return changes.sort((a, b) => a.step - b.step);
}
