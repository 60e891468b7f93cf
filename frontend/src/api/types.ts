/**
 * What the balancer says to the page. Whatever its OpenAPI description holds is generated (`npm run generate-api`);
 * by hand is what the description does not say: the frames of /stream, GET /algorithms, GET /shapes, GET /limits.
 */
import type { Wave } from "./generated";

export type { CutOff, Signalled, TaskOrder, TopologyOrder, Wave, WaveEvents, WaveOrder } from "./generated";

export type NodeState = "starting" | "up" | "stopped" | "dead" | "failed" | "foreign";
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

/** An entry of GET /algorithms: what an algorithm asks of the network that runs now, and promises on it. */
export interface Algorithm {
  readonly name: string;
  readonly title: string;
  readonly bound: number | null;
  readonly bound_kind: "exactly" | "at most" | null;
  readonly bound_text: string | null;
  /** Who usually starts it. */
  readonly initiators: readonly string[];
  /** Why it cannot run from those who usually start it; empty if it can. */
  readonly refused: readonly string[];
}

/** A number that a generated network is made from, such as `nodes`. */
export interface ShapeParameter {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Null where chance decides unless told. */
  readonly default: number | null;
  /** Only powers of two are allowed. */
  readonly power_of_two: boolean;
}

/** An entry of GET /shapes: a kind of network that the lab can generate. */
export interface NetworkShape {
  readonly name: string;
  readonly parameters: readonly ShapeParameter[];
  readonly seeded: boolean;
  readonly summary: string;
}

/** What the page needs of GET /limits. */
export interface Limits {
  readonly tasks_per_request: number;
  /** Most nodes of a network that is generated for a running lab. */
  readonly generated_nodes: number;
  /** How long a node is cut off unless told. */
  readonly cut_default_seconds: number;
}

/** RFC 9457 problem details. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
}
