/** Reads a trace (docs/reference/trace.md) in the browser: what waves there are in it, and each as a recording. */
import { EVENTS, type EventName, type Line, type RecordedNetwork, type Recording } from "./recording";

/** The largest file that is read (bytes); a browser holds some ten times as much while it does. */
export const MOST_BYTES = 128 * 1024 * 1024;
/** The version of the format that is read. */
const VERSION = 1;

/** Why a file is no trace, as words of the page; the line is counted from 1. */
export type Refusal =
  | { reason: "no JSON" | "no event"; line: number }
  | { reason: "no header" | "no wave" | "no network" }
  | { reason: "version"; version: string };

export class NoTrace extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.reason);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** A wave in a trace. */
export interface TracedWave {
  id: string;
  recording: Recording;
}

/** The network of a header: a tree as topology.json has it, or rows of neighbours. */
export function networkOf(topology: unknown): RecordedNetwork {
  if (!isFields(topology)) throw new NoTrace({ reason: "no network" });
  const { nodes, neighbors, links } = topology;
  if (Array.isArray(nodes) && Array.isArray(neighbors)) {
    const rows = neighbors as readonly (readonly number[])[];
    const pairs = new Map<string, [number, number]>();
    rows.forEach((row, a) => { for (const b of row) pairs.set(`${Math.min(a, b)}-${Math.max(a, b)}`, [a, b]); });
    return { names: nodes.map(String), parents: spanning(nodes.length, [...pairs.values()]), links: [...pairs.values()] };
  }
  const names: string[] = [];
  const parents: number[] = [];
  const tree: [number, number][] = [];
  const waiting: { node: unknown; parent: number }[] = [{ node: topology, parent: -1 }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { node, parent } = next;
    if (!isFields(node) || typeof node.name !== "string") throw new NoTrace({ reason: "no network" });
    const at = names.length;
    names.push(node.name);
    parents.push(parent);
    if (parent >= 0) tree.push([parent, at]);
    for (const child of Array.isArray(node.children) ? (node.children as unknown[]) : []) waiting.push({ node: child, parent: at });
  }
  const place = new Map(names.map((name, at) => [name, at]));
  const more = (Array.isArray(links) ? (links as unknown[]) : []).flatMap((pair): [number, number][] => {
    const [a, b] = Array.isArray(pair) ? pair.map((name) => place.get(String(name))) : [];
    return a !== undefined && b !== undefined ? [[a, b]] : [];
  });
  return { names, parents, links: [...tree, ...more] };
}

/** The parents of a breadth-first tree, for a network that has none of its own. */
function spanning(nodes: number, links: readonly (readonly [number, number])[]): number[] {
  const near: number[][] = Array.from({ length: nodes }, () => []);
  for (const [a, b] of links) {
    near[a]?.push(b);
    near[b]?.push(a);
  }
  const parents = Array.from({ length: nodes }, () => -1);
  const seen = new Set<number>();
  for (let root = 0; root < nodes; root++) {
    if (seen.has(root)) continue;
    seen.add(root);
    const waiting = [root];
    for (const node of waiting) {
      for (const other of near[node] ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        parents[other] = node;
        waiting.push(other);
      }
    }
  }
  return parents;
}

const isEvent = (event: string): event is EventName => (EVENTS as readonly string[]).includes(event);

/** The line of an event, of the nodes that stand at these places; null for an event that is not known. */
export function lineOf(fields: Fields, event: string, place: ReadonlyMap<string, number>): Line | null {
  if (!isEvent(event)) return null;
  return {
    t: Number(fields.t), event, wave: textOf(fields.wave), message: fields.message ?? null, id: textOf(fields.message_id), kind: textOf(fields.kind),
    node: place.get(textOf(fields.node) ?? "") ?? -1, peer: place.get(textOf(fields.peer) ?? "") ?? -1,
  };
}

const parsed = (text: string, line: number): Fields => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NoTrace({ reason: "no JSON", line });
  }
  if (!isFields(value)) throw new NoTrace({ reason: line === 1 ? "no header" : "no event", line });
  return value;
};

/**
 * Reads a trace. A last line that is cut off is left out, as where the lab was killed; unknown events are skipped.
 *
 * @throws NoTrace where it is none, or there is no wave in it.
 */
export function readTrace(text: string): TracedWave[] {
  const rows = text.split("\n");
  rows.pop(); // what stands behind the last line is empty, or cut off
  if ((rows[0] ?? "") === "") throw new NoTrace({ reason: "no header" });
  const header = parsed(rows[0] ?? "", 1);
  if (header.version !== VERSION) throw new NoTrace({ reason: "version" in header ? "version" : "no header", version: String(header.version) });
  let network = networkOf(header.topology);
  let place = new Map(network.names.map((name, at) => [name, at]));
  const algorithm = textOf(header.algorithm) ?? "";
  const unit = header.runtime === undefined ? "s" : "units";
  const found = new Map<string, { algorithm: string; network: RecordedNetwork; lines: Line[] }>();
  const everywhere: Line[] = [];
  rows.forEach((row, at) => {
    if (at === 0 || row === "") return;
    const fields = parsed(row, at + 1);
    const event = textOf(fields.event);
    if (event === null || typeof fields.t !== "number") throw new NoTrace({ reason: "no event", line: at + 1 });
    if (event === "topology") {
      network = networkOf(fields.topology);
      place = new Map(network.names.map((name, index) => [name, index]));
    }
    const line = lineOf(fields, event, place);
    if (line === null) return;
    const { wave } = line;
    if (wave === null) {
      everywhere.push(line);
      for (const { lines } of found.values()) lines.push(line);
      return;
    }
    let mine = found.get(wave);
    if (!mine) found.set(wave, (mine = { algorithm: textOf(fields.algorithm) ?? algorithm, network, lines: [...everywhere] }));
    mine.lines.push(line);
  });
  if (found.size === 0) throw new NoTrace({ reason: "no wave" });
  return [...found].map(([id, wave]) => ({
    id,
    recording: { title: wave.algorithm, unit, network: wave.network, lines: wave.lines },
  }));
}
