/** The lab as the page knows it, and how a frame of /stream changes it: one pure function. */
import type { Frame, Delta, History, LabEvent, LabSettings, NodeColumns, NodeRow, Snapshot, TaskCounts, Wave } from "../api/types";

/** How many waves, events and points of history the page keeps: what the balancer sends in a snapshot. */
export const KEPT = { waves: 50, events: 200, points: 600 } as const;

/** What is fixed between two changes of topology. Its identity changes only with `version`. */
export interface Network {
  version: number;
  names: string[];
  ports: number[];
  cpus: number[];
  roles: string[];
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
  nodes: NodeColumns;
  tasks: TaskCounts | null;
  waves: Wave[];
  events: LabEvent[];
  history: History;
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
    parents: frame.nodes.map((node) => (node.parent === null ? -1 : (indexOf.get(node.parent) ?? -1))),
    links,
    indexOf,
  };
}

function sameNetwork(a: Network, b: Network): boolean {
  const key = (network: Network) =>
    JSON.stringify([network.version, network.names, network.ports, network.cpus, network.parents, network.links]);
  return key(a) === key(b);
}

function columnsOf(rows: NodeRow[]): NodeColumns {
  return {
    state: rows.map((row) => row.state),
    queued: rows.map((row) => row.queued),
    running: rows.map((row) => row.running),
    moving: rows.map((row) => row.moving),
    done: rows.map((row) => row.done),
    failed: rows.map((row) => row.failed),
    cancelled: rows.map((row) => row.cancelled),
    restarts: rows.map((row) => row.restarts),
  };
}

function mergeColumns(before: NodeColumns, change: Delta["nodes"]): NodeColumns {
  if (change.index.length === 0) return before;
  const after: NodeColumns = {
    state: [...before.state],
    queued: [...before.queued],
    running: [...before.running],
    moving: [...before.moving],
    done: [...before.done],
    failed: [...before.failed],
    cancelled: [...before.cancelled],
    restarts: [...before.restarts],
  };
  change.index.forEach((node, row) => {
    if (node >= before.state.length) return;
    after.state[node] = change.state[row] ?? "starting";
    after.queued[node] = change.queued[row] ?? 0;
    after.running[node] = change.running[row] ?? 0;
    after.moving[node] = change.moving[row] ?? 0;
    after.done[node] = change.done[row] ?? 0;
    after.failed[node] = change.failed[row] ?? 0;
    after.cancelled[node] = change.cancelled[row] ?? 0;
    after.restarts[node] = change.restarts[row] ?? 0;
  });
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
  return after.slice(-KEPT.waves);
}

function mergeHistory(before: History, change: History): History {
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
      waves: frame.waves.slice(-KEPT.waves),
      events: frame.events.slice(-KEPT.events),
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
    waves: mergeWaves(before.waves, frame.waves),
    events: frame.events.length ? [...before.events, ...frame.events].slice(-KEPT.events) : before.events,
    history: mergeHistory(before.history, frame.history),
    time: frame.time,
  };
}
