/** What happened in a run, line by line, whoever recorded it: the live servers, the simulator or the checker. */

export const EVENTS = [
  "join", "start", "send", "receive", "decide", "timer", "down", "drop", "late", "crash", "restart", "cut", "mend", "partition", "heal",
] as const;
export type EventName = (typeof EVENTS)[number];

/** One line of a trace; -1 stands for no node. */
export interface Line {
  /** When: in seconds live, in units of virtual time else. */
  t: number;
  event: EventName;
  node: number;
  peer: number;
  wave: string | null;
  message: unknown;
  /** What names a message where it is sent and where it is received. */
  id: string | null;
  /** A timer's name, why a message was dropped, or by which kind of frame it went. */
  kind: string | null;
  /** In a session: how many events had happened when this one had. */
  position?: number;
}

export interface RecordedNetwork {
  names: readonly string[];
  /** The parent of each node in the network's tree; -1 for a root. */
  parents: readonly number[];
  links: readonly (readonly [number, number])[];
}

export interface Recording {
  /** What people call it: the algorithm, or the wave. */
  title: string;
  /** Seconds of a live lab, or units of virtual time. */
  unit: "s" | "units";
  network: RecordedNetwork;
  lines: readonly Line[];
}

/** The kind of a message: the name of its class, or a short value itself. */
export function messageKind(message: unknown): string {
  if (message === null || message === undefined) return "";
  if (typeof message === "object") return "$" in message ? String(message.$) : "message";
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return text.length <= 20 ? text : "message";
}
