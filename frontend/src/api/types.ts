/** What the balancer says to the page: generated from its own description (`npm run generate-api`). */
import type { Delta, LabNode, NodeColumns, Snapshot } from "./generated";

export type {
  Algorithm,
  ConfigOrder,
  Configured,
  CutOff,
  Delta,
  FeedEvent,
  LabNode,
  LabSettings,
  Limits,
  NetworkShape,
  NodeColumns,
  Points,
  Problem,
  Rebalanced,
  ShapeParameter,
  Signalled,
  Snapshot,
  TaskOrder,
  TaskTotals,
  TopologyOrder,
  Wave,
  WaveEvents,
  WaveOrder,
} from "./generated";

export type NodeState = LabNode["state"];
/** What of a node changes while it is there. */
export type Column = Exclude<keyof NodeColumns, "index">;
/** The algorithms with a button of their own. */
export type AlgorithmId = "echo" | "finn-lab" | "finn-full";
export type Frame = Snapshot | Delta;
