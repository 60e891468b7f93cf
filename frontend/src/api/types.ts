/** What the balancer says to the page: generated from its own description (`npm run generate-api`). */
import type { Delta, LabNode, NodeColumns, operations, Snapshot, Task } from "./generated";

export type {
  AgentNow,
  Algorithm,
  BalancingPolicy,
  BulkDone,
  BulkOrder,
  ConfigOrder,
  Configured,
  ComparedLine,
  Comparison,
  CountedTasks,
  CutOff,
  Delivered,
  DeliverOrder,
  Delta,
  Deploy,
  Difference,
  ExampleScript,
  Executor,
  ExecutorChanged,
  ExecutorOrder,
  Executors,
  Experiments,
  Alert,
  Alerts,
  FeedEvent,
  HeldNow,
  Figures,
  Figure,
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
  RequestFigures,
  Report,
  ReportHead,
  ReportLine,
  ScriptOrder,
  ShapeParameter,
  Signalled,
  Snapshot,
  StatusCounts,
  Task,
  TaskHistory,
  TaskMatch,
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
/** Of which nodes and tasks figures are wanted. */
export type FigureFilters = NonNullable<operations["now_figures_get"]["parameters"]["query"]>;
export type SeriesQuery = NonNullable<operations["series_figures_series_get"]["parameters"]["query"]>;
export type SeriesHistory = operations["series_figures_series_get"]["responses"][200]["content"]["application/json"];
export type NodeHistoryQuery = NonNullable<operations["nodes_figures_nodes_get"]["parameters"]["query"]>;
export type NodeHistory = operations["nodes_figures_nodes_get"]["responses"][200]["content"]["application/json"];
