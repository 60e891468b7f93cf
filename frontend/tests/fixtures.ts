/** Small networks, frames and recorded waves for the tests. */
import type { Algorithm, Delta, Deploy, NetworkShape, LabNode, ShapeParameter, Snapshot, TaskTotals, Wave, WaveEvents } from "../src/api/types";

/** Parents of the complete binary tree of n nodes in level order. */
export const binaryParents = (n: number): number[] =>
  Array.from({ length: n }, (_, node) => (node === 0 ? -1 : Math.floor((node - 1) / 2)));

export const treeLinks = (parents: readonly number[]): [number, number][] =>
  parents.flatMap((parent, node): [number, number][] => (parent < 0 ? [] : [[parent, node]]));

export const ringLinks = (n: number): [number, number][] =>
  Array.from({ length: n }, (_, node): [number, number] => [node, (node + 1) % n]);

export const gridLinks = (rows: number, columns: number): [number, number][] => {
  const links: [number, number][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = row * columns + column;
      if (column + 1 < columns) links.push([node, node + 1]);
      if (row + 1 < rows) links.push([node, node + columns]);
    }
  }
  return links;
};

export const node = (name: string, parent: string | null, change: Partial<LabNode> = {}): LabNode => ({
  name, port: 8000, cpu: 4, role: parent === null ? "root" : "leaf", agent: null, parent, state: "up",
  cut: false, load: (change.assigned ?? 0) + (change.running ?? 0), assigned: 0, running: 0, moving: 0, completed: 0, failed: 0, cancelled: 0, restarts: 0, bottleneck: false, ...change,
});

export const wave = (id: string, change: Partial<Wave> = {}): Wave => ({
  id, algorithm: "echo", title: "Echo", purpose: null, initiators: ["root"], state: "complete", started: 100,
  duration_ms: 3, messages: 4, bound: 4, bound_kind: "exactly", bound_text: "2|E|", bits: 900,
  deciders: ["root"], missing: [], reason: null, mistakes: [], witnesses: [], sentences: {}, nodes: 3, version: 1, claims_wave: true, held_until: null, waiting: 0, ...change,
});

export const taskCounts = (change: Partial<TaskTotals> = {}): TaskTotals => ({
  submitted: 0, pending: 0, assigned: 0, moving: 0, running: 0, completed: 0, failed: 0, cancelled: 0, lawful: true, ...change,
});

export const deploy = (change: Partial<Deploy> = {}): Deploy => ({
  desired_replicas: null, actual_replicas: 3, up: 3, phase: "settled", problem: null, leaving: {}, sentences: {},
  autoscaling: { mode: "off", min_replicas: 1, max_replicas: 10, target_load: 60, load: null, reason: null, last_step: null, sentences: {} }, ...change,
});

export const snapshot = (change: Partial<Snapshot> = {}): Snapshot => ({
  type: "snapshot", seq: 7, version: 1, time: 100,
  lab: { title: "t", max_cpu: 75, task_time: 10, rebalance_interval: 5, link_delay: 0, wave_timeout: 10, policy: "max-load-heap", placement: "least-loaded", discipline: "priority", forecast: "none", autoscale: "off", min_replicas: 1, max_replicas: 10, target_load: 60, scale_tolerance: 10, scale_cooldown: 10, scale_up_window: 0, scale_down_window: 60 },
  tasks: taskCounts({ submitted: 3, assigned: 3 }),
  deploy: deploy(),
  links: [["root", "a"], ["root", "b"]],
  nodes: [node("root", null), node("a", "root", { port: 8001 }), node("b", "root", { port: 8002 })],
  alerts: [], waves: [], events: [], history: { time: [], load: [], imbalance: [], moves: [] },
  ...change,
});

export const delta = (seq: number, change: Partial<Delta> = {}): Delta => ({
  type: "delta", seq, version: 1, time: 101,
  tasks: taskCounts({ submitted: 3, running: 3 }),
  deploy: null,
  nodes: { index: [], state: [], cut: [], load: [], assigned: [], running: [], moving: [], completed: [], failed: [], cancelled: [], restarts: [], bottleneck: [] },
  alerts: null, waves: [], events: [], dropped: 0, history: { time: [], load: [], imbalance: [], moves: [] },
  ...change,
});

type Row = [t: number, event: "start" | "send" | "receive" | "decide" | "down", node: number, peer?: number, message?: number | undefined, kind?: string];

export const recorded = (nodes: string[], rows: Row[], change: Partial<Wave> = {}): WaveEvents => ({
  wave: wave("root-1", change),
  nodes,
  ports: nodes.map((_, at) => 8000 + at),
  cpus: nodes.map(() => 4),
  roles: nodes.map((_, at) => (at === 0 ? "root" : "leaf")),
  parents: nodes.map((_, at) => (at === 0 ? null : 0)),
  links: nodes.slice(1).map((name) => [nodes[0] ?? "", name]),
  began: { state: nodes.map(() => "up"), cut: nodes.map(() => false), load: nodes.map(() => 0) },
  changes: { t_us: [], node: [], state: [], cut: [], load: [] },
  t_us: rows.map(([t]) => t),
  event: rows.map(([, event]) => event),
  node: rows.map(([, , at]) => at),
  peer: rows.map(([, , , peer]) => peer ?? null),
  message: rows.map(([, , , , message]) => message?.toString() ?? null),
  kind: rows.map(([, , , , , kind]) => kind ?? null),
  not_kept: 0,
});

/** An echo wave over a root and two children, as three servers recorded it. */
export const echoOfThree = (): WaveEvents =>
  recorded(
    ["root", "a", "b"],
    [
      [0, "start", 0],
      [10, "send", 0, 1, 1, "echo"],
      [12, "send", 0, 2, 2, "echo"],
      [300, "receive", 1, 0, 1, "echo"],
      [310, "send", 1, 0, 1, "echo_back"],
      [500, "receive", 0, 1, 1, "echo_back"],
      [900, "receive", 2, 0, 2, "echo"],
      [910, "send", 2, 0, 1, "echo_back"],
      [1500, "receive", 0, 2, 1, "echo_back"],
      [1510, "decide", 0],
    ],
  );

export const algorithm = (name: string, change: Partial<Algorithm> = {}): Algorithm => ({
  name, title: name, bound: 28, bound_kind: "exactly", bound_text: "2|E|", initiators: ["root"], refused: [],
  summary: `${name} sends messages.`, view: "links", requires: [], ...change,
});

export const shape = (name: string, nodes: Partial<ShapeParameter> = {}): NetworkShape => ({
  name, seeded: false, summary: `A ${name}.`,
  parameters: [{ name: "nodes", minimum: 1, maximum: 10_000, default: 15, power_of_two: false, ...nodes }],
});
