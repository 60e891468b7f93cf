/** Between a drawn network and topology.json, in its own form: what was read is written back to the byte. */
import { draw } from "../../graph/layout/choose";
import type { Drawn, DrawnLink, DrawnNode } from "./network";
import { treeOf, type Branch } from "./tree";

interface FileNode {
  name: string;
  port: number;
  cpu: number;
  role?: string;
  roles?: string[];
  link_delay?: number;
  children?: FileNode[];
  links?: [string, string][];
}

/** The network of a topology.json that is known to be right; `first` is the id of its root. */
export function readTopology(text: string, aspect: number, first = 0): Drawn {
  const nodes: DrawnNode[] = [];
  const links: DrawnLink[] = [];
  const waiting: { data: FileNode; parent: number | null }[] = [{ data: JSON.parse(text) as FileNode, parent: null }];
  let extra: [string, string][] = [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name, port, cpu, role = "", roles = [], link_delay: delay = null, children = [], links: beside, ...more } = next.data;
    const id = first + nodes.length;
    nodes.push({ id, name, port, cpu, role, roles, more, x: 0, y: 0 });
    if (next.parent !== null) links.push({ a: next.parent, b: id, tree: true, delay });
    extra = beside ?? extra;
    waiting.push(...children.map((data) => ({ data, parent: id })).reverse());
  }
  const ids = new Map(nodes.map(({ name, id }) => [name, id]));
  for (const [one, other] of extra) {
    const [a, b] = [ids.get(one), ids.get(other)];
    if (a !== undefined && b !== undefined) links.push({ a, b, tree: false, delay: null });
  }
  return arranged({ nodes, links }, aspect);
}

/** With every node where the lab's page would draw it; nodes that the root does not reach hang below it. */
export function arranged(drawn: Drawn, aspect: number): Drawn {
  if (drawn.nodes.length === 0) return drawn;
  const place = new Map(drawn.nodes.map(({ id }, at) => [id, at]));
  const at = (id: number) => place.get(id) ?? 0;
  const parents = drawn.nodes.map((_, index): number => (index === 0 ? -1 : 0));
  for (const { node, parent } of treeOf(drawn)) parents[at(node.id)] = parent ? at(parent.id) : -1;
  const whole = treeOf(drawn).length === drawn.nodes.length;
  const links = whole
    ? drawn.links.map(({ a, b }): [number, number] => [at(a), at(b)])
    : parents.flatMap((parent, index): [number, number][] => (parent < 0 ? [] : [[parent, index]]));
  const { x, y } = draw({ parents, links }, aspect);
  return { ...drawn, nodes: drawn.nodes.map((node, index) => ({ ...node, x: x[index] ?? 0, y: y[index] ?? 0 })) };
}

/** What follows from a node's place, and is not written. */
export const roleByPlace = ({ parent, children }: Branch): string => (parent === null ? "root" : children.length > 0 ? "inner" : "leaf");

/** The keys of a node, in the order of a file. */
function keysOf(branch: Branch): Record<string, unknown> {
  const { node, link } = branch;
  const { launch, host, ...executor } = node.more;
  return {
    name: node.name,
    port: node.port,
    cpu: node.cpu,
    ...(node.role !== "" && node.role !== roleByPlace(branch) && { role: node.role }),
    ...(launch !== undefined && { launch }),
    ...(host !== undefined && { host }),
    ...(typeof link?.delay === "number" && { link_delay: link.delay }),
    ...(node.roles.length > 0 && { roles: node.roles }),
    ...executor,
  };
}

/** The links beside the tree, in the one order of a file: each with the earlier node first, sorted by both places. */
function extraLinks(drawn: Drawn, tree: readonly Branch[]): string[][] {
  const place = new Map(tree.map(({ node }, at) => [node.id, at]));
  const name = new Map(tree.map(({ node }) => [node.id, node.name]));
  const at = (id: number) => place.get(id) ?? 0;
  return drawn.links
    .filter(({ tree: inTree }) => !inTree)
    .map(({ a, b }) => (at(a) < at(b) ? [a, b] as const : [b, a] as const))
    .sort(([a, b], [c, d]) => at(a) - at(c) || at(b) - at(d))
    .map((ends) => ends.map((id) => name.get(id) ?? ""));
}

/** A number as the file has it, a list on one line with spaces. */
const written = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(written).join(", ")}]` : JSON.stringify(value);

/** The text of topology.json: two spaces a level, a link on a line. */
export function topologyText(drawn: Drawn): string {
  const tree = treeOf(drawn);
  const links = extraLinks(drawn, tree);
  const lines: string[] = [];
  const waiting: { branch: Branch; closes: boolean; comma: boolean }[] = tree[0] ? [{ branch: tree[0], closes: false, comma: false }] : [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { branch, closes, comma } = next;
    const outer = "    ".repeat(branch.depth);
    const top = branch.depth === 0 && links.length > 0;
    const end = `${outer}}${comma ? "," : ""}`;
    if (closes) {
      lines.push(`${outer}  ]${top ? "," : ""}`);
      if (top) lines.push('  "links": [', links.map((each) => `    ${written(each)}`).join(",\n"), "  ]");
      lines.push(end);
      continue;
    }
    lines.push(`${outer}{`, ...Object.entries(keysOf(branch)).map(([key, value]) => `${outer}  ${JSON.stringify(key)}: ${written(value)},`));
    if (branch.children.length === 0) {
      lines.push(`${outer}  "children": []`, end);
      continue;
    }
    lines.push(`${outer}  "children": [`);
    waiting.push({ branch, closes: true, comma });
    const last = branch.children.at(-1);
    waiting.push(...branch.children.map((child) => ({ branch: child, closes: false, comma: child !== last })).reverse());
  }
  return `${lines.join("\n")}\n`;
}
