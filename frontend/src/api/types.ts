/**
 * What the balancer says to the page. Whatever its OpenAPI description holds is generated (`npm run generate-api`);
 * by hand are the frames of /stream, of which the description says nothing.
 */
import type { Wave } from "./generated";

export type {
  Algorithm,
  CutOff,
  Limits,
  NetworkShape,
  ShapeParameter,
  Signalled,
  TaskOrder,
  TopologyOrder,
  Wave,
  WaveEvents,
  WaveOrder,
} from "./generated";

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

/** RFC 9457 problem details. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
}
