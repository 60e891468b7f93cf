/**
 * The schedule of a wave: its recorded events, timed anew so that people can follow them.
 *
 * Two paces. "hops": every message takes one unit of time and the events of a node keep their order, so the schedule
 * is an execution equivalent to the recorded one (same events, same causal order; Tel 2000, section 2.3). "measured":
 * the recorded times as they are. Times in a schedule are units from 0 to `length`; the clock stretches them to
 * seconds.
 */
import type { WaveEvents } from "../api/types";

export type Pace = "hops" | "measured";

/** What a node has done so far in the wave. */
export type Phase = "idle" | "reached" | "done" | "decided";

/** The kinds of messages the page distinguishes. */
export type MessageKind = "out" | "back" | "finn" | "other";

export interface Message {
  from: number;
  to: number;
  kind: MessageKind;
  sent: number;
  /** When it arrives; where it never did, when it is shown as lost. */
  arrives: number;
  lost: boolean;
  /** 1 for the first message that was sent. */
  number: number;
}

export interface PhaseChange {
  at: number;
  node: number;
  phase: Phase;
}

export interface Schedule {
  /** In the order of `sent`. */
  messages: Message[];
  /** In the order of `at`. */
  changes: PhaseChange[];
  /** Moments at which something happens, rising; a step goes from one to the next. */
  moments: number[];
  length: number;
  /** The longest flight of a message: how far back a player has to look for messages on their way. */
  longest: number;
  nodes: string[];
}

/** Two events of one node are at least this far apart in "hops". */
const APART = 0.02;

const KIND_OF: Record<string, MessageKind> = { echo: "out", echo_back: "back", finn: "finn" };

/** Textbook Finn travels in frames of the kind `wave`, which say no more: then the algorithm's name decides. */
export function kindOf(route: string | null, algorithm: string): MessageKind {
  return KIND_OF[route ?? ""] ?? (algorithm.startsWith("finn") ? "finn" : "other");
}

/** Finds the send behind a receive: by the sender's number, else first sent, first received, on the same link. */
class Pending {
  private readonly byNumber = new Map<string, Message>();
  private readonly byLink = new Map<string, Message[]>();

  add(message: Message, id: string | null) {
    if (id !== null) this.byNumber.set(`${message.from}:${message.to}:${id}`, message);
    else {
      const key = `${message.from}:${message.to}`;
      const queue = this.byLink.get(key);
      if (queue) queue.push(message);
      else this.byLink.set(key, [message]);
    }
  }

  take(from: number, to: number, id: string | null): Message | undefined {
    if (id !== null) {
      const key = `${from}:${to}:${id}`;
      const message = this.byNumber.get(key);
      this.byNumber.delete(key);
      if (message) return message;
    }
    return this.byLink.get(`${from}:${to}`)?.shift();
  }
}

/** The order in which to go through the events: as recorded, a receive never before its send. */
function inOrder(events: WaveEvents): number[] {
  const rank = (event: string) => (event === "receive" ? 1 : 0);
  return events.event
    .map((_, row) => row)
    .sort((a, b) => {
      const byTime = (events.t_us[a] ?? 0) - (events.t_us[b] ?? 0);
      return byTime || rank(events.event[a] ?? "") - rank(events.event[b] ?? "") || a - b;
    });
}

export function scheduleOf(events: WaveEvents, pace: Pace): Schedule {
  const messages: Message[] = [];
  const changes: PhaseChange[] = [];
  const moments = new Set<number>([0]);
  const pending = new Pending();
  const local = new Float64Array(events.nodes.length).fill(-APART);
  const phase = new Map<number, Phase>();
  const lastAct = new Map<number, number>();
  const first = Math.min(...events.t_us, Infinity);

  const change = (node: number, next: Phase, at: number) => {
    if (phase.get(node) === "decided" || phase.get(node) === next) return;
    phase.set(node, next);
    changes.push({ at, node, phase: next });
  };

  for (const row of inOrder(events)) {
    const node = events.node[row] ?? 0;
    const peer = events.peer[row] ?? null;
    const id = events.message[row] ?? null;
    const event = events.event[row];
    const measured = (events.t_us[row] ?? 0) - first;
    let at = pace === "measured" ? measured : (local[node] ?? 0);
    if (event === "send" && peer !== null) {
      at = Math.max(0, at);
      const message: Message = {
        from: node, to: peer, kind: kindOf(events.kind[row] ?? null, events.wave.algorithm),
        sent: at, arrives: Number.NaN, lost: false, number: messages.length + 1,
      };
      messages.push(message);
      pending.add(message, id);
    } else if (event === "receive" && peer !== null) {
      const message = pending.take(peer, node, id);
      if (pace === "hops") at = Math.max(at + APART, message ? message.sent + 1 : 0);
      if (message) message.arrives = Math.max(at, message.sent);
      change(node, "reached", at);
      moments.add(at);
    } else if (event === "start" || event === "decide") {
      if (pace === "hops") at = Math.max(0, at + (event === "decide" ? APART : 0));
      change(node, event === "start" ? "reached" : "decided", at);
      moments.add(at);
    } else if (event === "down" && pace === "hops") {
      at = Math.max(0, at + APART);
      moments.add(at);
    }
    local[node] = at;
    lastAct.set(node, at);
  }

  const end = Math.max(0, ...moments, ...messages.map((message) => message.sent));
  const flight = pace === "hops" ? 1 : Math.max(1, end / 10);
  for (const message of messages) {
    if (Number.isNaN(message.arrives)) {
      message.lost = true;
      message.arrives = message.sent + flight;
    }
  }
  // A node that has taken part and has nothing more to do is done, unless it decided.
  for (const [node, at] of lastAct) {
    if (phase.get(node) === "reached") changes.push({ at, node, phase: "done" });
  }
  changes.sort((a, b) => a.at - b.at);
  messages.sort((a, b) => a.sent - b.sent || a.number - b.number);
  messages.forEach((message, index) => (message.number = index + 1));
  const arrivals = messages.map((message) => message.arrives);
  const length = Math.max(end, arrivals.reduce((most, value) => Math.max(most, value), 0), APART);
  const longest = messages.reduce((most, message) => Math.max(most, message.arrives - message.sent), 0);
  return { messages, changes, moments: [...moments].sort((a, b) => a - b), length, longest, nodes: events.nodes };
}
