/**
 * A network that is being drawn: its nodes, where they stand, and its links. Plain data, changed by pure functions.
 *
 * A file has a tree and links beside it; here all links are equal, but each remembers whether it was one of the tree's
 * (`tree`). Those never close a circle, so they stay in the tree whatever else is changed: see tree.ts.
 */
import { GIVEN, LIMITS } from "./limits";

export interface DrawnNode {
  /** Never given again while the page is open. */
  id: number;
  name: string;
  port: number;
  cpu: number;
  /** Empty where it follows from the node's place. */
  role: string;
  roles: readonly string[];
  /** What a file says of it beyond what can be drawn, such as `weight` or `launch`. */
  more: Readonly<Record<string, unknown>>;
  x: number;
  y: number;
}

export interface DrawnLink {
  a: number;
  b: number;
  tree: boolean;
  /** Extra delay, of a link of the tree only (ms). */
  delay: number | null;
}

export interface Drawn {
  /** The first one is the root. */
  nodes: readonly DrawnNode[];
  links: readonly DrawnLink[];
}

export const EMPTY: Drawn = { nodes: [], links: [] };

export const joins = (link: DrawnLink, a: number, b: number): boolean =>
  (link.a === a && link.b === b) || (link.a === b && link.b === a);

export const nodeOf = ({ nodes }: Drawn, id: number | null): DrawnNode | undefined => nodes.find((node) => node.id === id);

export const linkedWith = ({ nodes, links }: Drawn, id: number): DrawnNode[] => {
  const near = new Set(links.flatMap(({ a, b }) => (a === id ? [b] : b === id ? [a] : [])));
  return nodes.filter((node) => near.has(node.id));
};

/** The first of `node-1`, `node-2`, ... that nobody has; the first node of all is the root. */
function freeName({ nodes }: Drawn): string {
  if (nodes.length === 0) return "root";
  const taken = new Set(nodes.map(({ name }) => name));
  for (let number = nodes.length; ; number++) {
    if (!taken.has(`node-${number}`)) return `node-${number}`;
  }
}

function freePort({ nodes }: Drawn): number {
  const taken = new Set(nodes.map(({ port }) => port));
  let port = nodes[0]?.port ?? GIVEN.port;
  while (taken.has(port) && port < LIMITS.port.most) port++;
  return port;
}

const nextId = ({ nodes }: Drawn, least: number): number => nodes.reduce((most, { id }) => Math.max(most, id + 1), least);

/** With one node more, linked with `near`; `least` is the least id that was never given. */
export function addNode(drawn: Drawn, x: number, y: number, near: number | null, least = 0): { drawn: Drawn; id: number } {
  const id = nextId(drawn, least);
  const node: DrawnNode = { id, name: freeName(drawn), port: freePort(drawn), cpu: GIVEN.cpu, role: "", roles: [], more: {}, x, y };
  const alone = { ...drawn, nodes: [...drawn.nodes, node] };
  return { drawn: near === null ? alone : link(alone, near, id), id };
}

/** Which nodes hang together by links of the tree: sets that are joined, and found by the way to their head. */
class Pieces {
  readonly #above = new Map<number, number>();

  #head(id: number): number {
    let head = id;
    for (let next = this.#above.get(head); next !== undefined; next = this.#above.get(head)) head = next;
    if (head !== id) this.#above.set(id, head);
    return head;
  }

  /** Joins two nodes; false where they hung together already. */
  join(a: number, b: number): boolean {
    const [one, other] = [this.#head(a), this.#head(b)];
    if (one === other) return false;
    this.#above.set(other, one);
    return true;
  }
}

function piecesOf(links: readonly DrawnLink[]): Pieces {
  const pieces = new Pieces();
  for (const { a, b, tree } of links) if (tree) pieces.join(a, b);
  return pieces;
}

export const areLinked = ({ links }: Drawn, a: number, b: number): boolean => links.some((each) => joins(each, a, b));

export function link(drawn: Drawn, a: number, b: number): Drawn {
  if (a === b || areLinked(drawn, a, b)) return drawn;
  return { ...drawn, links: [...drawn.links, { a, b, tree: piecesOf(drawn.links).join(a, b), delay: null }] };
}

/** Without a link; another one takes its place in the tree, where there is one that can. */
export function unlink(drawn: Drawn, a: number, b: number): Drawn {
  return regrown({ ...drawn, links: drawn.links.filter((each) => !joins(each, a, b)) });
}

export function removeNode(drawn: Drawn, id: number): Drawn {
  return regrown({
    nodes: drawn.nodes.filter((node) => node.id !== id),
    links: drawn.links.filter(({ a, b }) => a !== id && b !== id),
  });
}

/** With links of the tree for all that hangs together: of those beside it, the first that are needed. */
function regrown(drawn: Drawn): Drawn {
  const pieces = piecesOf(drawn.links);
  return { ...drawn, links: drawn.links.map((each) => (!each.tree && pieces.join(each.a, each.b) ? { ...each, tree: true } : each)) };
}

export type Change = Partial<Omit<DrawnNode, "id">>;

export const changeNode = (drawn: Drawn, id: number, change: Change): Drawn => ({
  ...drawn,
  nodes: drawn.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)),
});

export const delayLink = (drawn: Drawn, a: number, b: number, delay: number | null): Drawn => ({
  ...drawn,
  links: drawn.links.map((each) => (joins(each, a, b) ? { ...each, delay } : each)),
});

/** With another root: it is the first node. */
export function makeRoot(drawn: Drawn, id: number): Drawn {
  const root = nodeOf(drawn, id);
  return root ? { ...drawn, nodes: [root, ...drawn.nodes.filter((node) => node !== root)] } : drawn;
}
