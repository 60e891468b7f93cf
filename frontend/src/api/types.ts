/** What the balancer says to the page: the frames of /stream and the answers of its REST interface. */

export type NodeState = "starting" | "up" | "stopped" | "dead" | "failed" | "foreign";
export type WaveState = "running" | "complete" | "incomplete";
export type AlgorithmId = "echo" | "finn-lab" | "finn-full";

export interface LabSettings {
  title: string;
  /** Percent of `cpu` from which a node counts as overloaded. */
  max_cpu: number;
  /** Seconds a task holds a core. */
  task_time: number;
  /** Seconds between two waves of the balancer. */
  rebalance_interval: number;
  /** Milliseconds a message is held back on every link. */
  link_delay: number;
  /** Seconds after which a wave ends as incomplete. */
  wave_timeout: number;
}

export interface NodeRow {
  name: string;
  port: number;
  cpu: number;
  role: string;
  parent: string | null;
  state: NodeState;
  queued: number;
  running: number;
  moving: number;
  done: number;
  failed: number;
  cancelled: number;
  restarts: number;
}

/** The lab's tasks at one moment, as its journal has them; `lawful` where the states add up to `submitted`. */
export interface TaskCounts {
  submitted: number;
  queued: number;
  moving: number;
  running: number;
  done: number;
  failed: number;
  cancelled: number;
  lawful: boolean;
}

export interface Wave {
  id: string;
  algorithm: string;
  title: string;
  purpose: "rebalance" | null;
  initiators: string[];
  state: WaveState;
  /** Unix seconds. */
  started: number;
  duration_ms: number | null;
  messages: number | null;
  bound: number | null;
  bound_kind: "exactly" | "at most" | null;
  /** As a formula. */
  bound_text: string | null;
  bits: number | null;
  deciders: string[];
  missing: string[];
  /** What the algorithm's own code did wrong, a sentence each: the node, the error and the line. */
  mistakes: string[];
  /** How many nodes took part. */
  nodes: number | null;
  version: number;
}

export interface LabEvent {
  seq: number;
  /** Unix seconds. */
  time: number;
  kind: "wave" | "task" | "move" | "node" | "topology" | "lab";
  text: string;
  node?: string | null;
  wave?: string | null;
}

/** Columns of equal length: the load of the lab, its imbalance and the tasks moved, over unix time. */
export interface History {
  time: number[];
  load: number[];
  imbalance: (number | null)[];
  moves: number[];
}

export interface NodeColumns {
  state: NodeState[];
  queued: number[];
  running: number[];
  moving: number[];
  done: number[];
  failed: number[];
  cancelled: number[];
  restarts: number[];
}

export interface Snapshot {
  type: "snapshot";
  seq: number;
  version: number;
  time: number;
  lab: LabSettings;
  /** Null while the journal cannot be read. */
  tasks: TaskCounts | null;
  links: [string, string][];
  nodes: NodeRow[];
  waves: Wave[];
  events: LabEvent[];
  history: History;
}

export interface Delta {
  type: "delta";
  seq: number;
  version: number;
  time: number;
  tasks: TaskCounts | null;
  nodes: NodeColumns & { index: number[] };
  waves: Wave[];
  events: LabEvent[];
  dropped: number;
  history: History;
}

export type Frame = Snapshot | Delta;

export type TraceEvent = "start" | "send" | "receive" | "decide" | "down";

/** GET /waves/{id}/events: columns in the order of time. */
export interface WaveEvents {
  wave: Wave;
  nodes: string[];
  links: [string, string][];
  t_us: number[];
  event: TraceEvent[];
  node: number[];
  peer: (number | null)[];
  message: (number | string | null)[];
  kind: (string | null)[];
  /** Events that the balancer had no room for. */
  not_kept?: number;
}

/** RFC 9457 problem details. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
}
