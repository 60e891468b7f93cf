/** What the balancer says to the page: generated from its own description (`npm run generate-api`). */
import type { Delta, LabNode, NodeColumns, operations, Snapshot, Task } from "./generated";

export type {
  AgentNow,
  Algorithm,
  BalancingPolicy,
  ConfigOrder,
  Configured,
  CutOff,
  Delta,
  Deploy,
  ExampleScript,
  Executor,
  ExecutorChanged,
  ExecutorOrder,
  Executors,
  FeedEvent,
  Forecasts,
  LabNode,
  LabSettings,
  Limits,
  NetworkShape,
  NodeAdded,
  NodeColumns,
  NodeLeaves,
  NodeOrder,
  Points,
  PredictedLoad,
  Problem,
  Rebalanced,
  Rebalancing,
  ScriptOrder,
  ShapeParameter,
  Signalled,
  Snapshot,
  Task,
  TaskHistory,
  TaskOrder,
  Tasks,
  TasksPlaced,
  TaskTotals,
  TopologyOrder,
  Wave,
  WaveEvents,
  WaveOrder,
} from "./generated";

export type TaskStatus = Task["status"];
export type TaskPriority = NonNullable<Task["priority"]>;
/** Which tasks are wanted, as the query of `GET /tasks` says it. */
export type TaskQuery = NonNullable<operations["some_tasks_get"]["parameters"]["query"]>;
export type NodeState = LabNode["state"];
/** What of a node changes while it is there. */
export type Column = Exclude<keyof NodeColumns, "index">;
/** The algorithms with a button of their own. */
export type AlgorithmId = "echo" | "finn-lab" | "finn-full";
export type Frame = Snapshot | Delta;
