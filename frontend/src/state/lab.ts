/** The lab as the page knows it, and how a frame of /stream changes it: one pure function. */
import type { Alert, Column, Delta, Deploy, Frame, Points, FeedEvent, LabSettings, LabNode, NodeColumns, Snapshot, TaskTotals, Wave } from "../api/types";

/** How many waves, events and points of history the page keeps: what the balancer sends in a snapshot. */
export const KEPT = { waves: 150, rebalances: 10, events: 200, points: 600 } as const;

/** What nodes do, each column in the order of the network's names. */
export type Columns = Omit<NodeColumns, "index">;

/** What is fixed between two changes of topology. Its identity changes only with `version`. */
export interface Network {
  version: number;
  names: string[];
  ports: number[];
  cpus: number[];
  roles: string[];
  /** Who runs each node; null is the lab's own orchestrator. */
  agents: readonly (string | null)[];
  /** Index of each node's parent; -1 for the root. */
  parents: number[];
  /** Pairs of indexes; the tree's links come first. */
  links: [number, number][];
  indexOf: Map<string, number>;
}

export interface Lab {
  seq: number;
  settings: LabSettings;
  network: Network;
  nodes: Columns;
  tasks: TaskTotals | null;
  /** How many nodes are wanted and there, how far it is, and who is on the way out. */
  deploy: Deploy;
  waves: Wave[];
  events: FeedEvent[];
  /** Those that are pending or fire, the worst first. */
  alerts: Alert[];
  history: Points;
  /** Unix seconds on the balancer's clock. */
  time: number;
}

function networkOf(frame: Snapshot): Network {
  const names = frame.nodes.map((node) => node.name);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const links = frame.links.flatMap(([a, b]): [number, number][] => {
    const from = indexOf.get(a);
    const to = indexOf.get(b);
    return from === undefined || to === undefined ? [] : [[from, to]];
  });
  return {
    version: frame.version,
    names,
    ports: frame.nodes.map((node) => node.port),
    cpus: frame.nodes.map((node) => node.cpu),
    roles: frame.nodes.map((node) => node.role),
    agents: frame.nodes.map((node) => node.agent),
    parents: frame.nodes.map((node) => (node.parent === null ? -1 : (indexOf.get(node.parent) ?? -1))),
    links,
    indexOf,
  };
}

function sameNetwork(a: Network, b: Network): boolean {
  const key = (network: Network) =>
    JSON.stringify([network.version, network.names, network.ports, network.cpus, network.agents, network.parents, network.links]);
  return key(a) === key(b);
}

const COLUMNS: readonly Column[] = [
  "state", "cut", "load", "assigned", "running", "moving", "completed", "failed", "cancelled", "restarts",
  "bottleneck",
];

/** The rows as columns, or columns that may be changed without changing `before`. */
const makeColumns = (pick: (column: Column) => readonly unknown[]): Columns =>
  Object.fromEntries(COLUMNS.map((column) => [column, [...pick(column)]])) as unknown as Columns;

const columnsOf = (rows: LabNode[]): Columns => makeColumns((column) => rows.map((row) => row[column]));

function mergeColumns(before: Columns, change: Delta["nodes"]): Columns {
  if (change.index.length === 0) return before;
  const after = makeColumns((column) => before[column]);
  for (const column of COLUMNS) {
    const from: readonly unknown[] = change[column];
    const to: unknown[] = after[column];
    change.index.forEach((node, row) => {
      const value = from[row];
      if (value !== undefined && node < to.length) to[node] = value;
    });
  }
  return after;
}

/** A wave that is known is replaced in its place; a new one goes to the end. */
function mergeWaves(before: Wave[], change: Wave[]): Wave[] {
  if (change.length === 0) return before;
  const after = [...before];
  for (const wave of change) {
    const at = after.findLastIndex((known) => known.id === wave.id);
    if (at >= 0) after[at] = wave;
    else after.push(wave);
  }
  return lastWaves(after);
}

/** The last waves, so many of the balancer's and so many of people's: the former never drive the latter out. */
function lastWaves(waves: Wave[]): Wave[] {
  const left = { own: KEPT.waves, rebalance: KEPT.rebalances };
  return waves.toReversed().filter(({ purpose }) => left[purpose ?? "own"]-- > 0).reverse();
}

function mergeHistory(before: Points, change: Points): Points {
  if (change.time.length === 0) return before;
  const join = <T>(a: T[], b: T[]) => [...a, ...b].slice(-KEPT.points);
  return {
    time: join(before.time, change.time),
    load: join(before.load, change.load),
    imbalance: join(before.imbalance, change.imbalance),
    moves: join(before.moves, change.moves),
  };
}

/** The lab after `frame`, or null where a frame is missing in between and the page must connect anew. */
export function reduce(before: Lab | null, frame: Frame): Lab | null {
  if (frame.type === "snapshot") {
    const network = networkOf(frame);
    return {
      seq: frame.seq,
      settings: frame.lab,
      // A snapshot of the same network (after a lost connection) keeps the drawing's identity.
      network: before && sameNetwork(before.network, network) ? before.network : network,
      nodes: columnsOf(frame.nodes),
      tasks: frame.tasks,
      deploy: frame.deploy,
      waves: lastWaves(frame.waves),
      events: frame.events.slice(-KEPT.events),
      alerts: frame.alerts,
      history: frame.history,
      time: frame.time,
    };
  }
  if (!before || frame.seq !== before.seq + 1 || frame.version !== before.network.version) return null;
  return {
    ...before,
    seq: frame.seq,
    nodes: mergeColumns(before.nodes, frame.nodes),
    tasks: frame.tasks,
    deploy: frame.deploy ?? before.deploy,
    waves: mergeWaves(before.waves, frame.waves),
    events: frame.events.length ? [...before.events, ...frame.events].slice(-KEPT.events) : before.events,
    alerts: frame.alerts ?? before.alerts,
    history: mergeHistory(before.history, frame.history),
    time: frame.time,
  };
}
