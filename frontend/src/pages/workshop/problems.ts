/** What is wrong with a drawn network, by the rules of topology.json. */
import { LIMITS } from "./limits";
import type { Drawn, DrawnNode } from "./network";
import { treeOf } from "./tree";

export type Problem =
  | { kind: "empty" }
  | { kind: "pieces"; node: DrawnNode }
  | { kind: "deep" }
  | { kind: "many" }
  | InNode;

interface InNode {
  kind: "name" | "sameName" | "port" | "samePort" | "cpu" | "role" | "roles" | "delay";
  node: DrawnNode;
}

/** What cannot be printed: controls, and blanks other than the plain one. */
const UNPRINTABLE = /\p{C}|\p{Zl}|\p{Zp}|(?! )\p{Zs}/u;
/** What means something in a URL. */
const IN_URLS = /[/\\?#%]/u;

/** A role: a line of text that can be read. */
const isRole = (text: string): boolean => text !== "" && Array.from(text).length <= LIMITS.name && !UNPRINTABLE.test(text);

export const isName = (text: string): boolean =>
  isRole(text) && text === text.trim() && !IN_URLS.test(text) && text !== "." && text !== "..";

const areRoles = (roles: readonly string[]): boolean =>
  roles.length <= LIMITS.roles && roles.every((each) => isRole(each) && each === each.trim() && !each.includes(",")) && new Set(roles).size === roles.length;

const isWhole = (value: number, { least, most }: { least: number; most: number }): boolean => Number.isInteger(value) && value >= least && value <= most;

const isDelay = (ms: number | null): boolean => ms === null || (ms >= 0 && ms <= LIMITS.delayMs);

/** What is wrong with one node by itself. */
function inNode(node: DrawnNode): Problem[] {
  const { name, port, cpu, role, roles } = node;
  const found: InNode["kind"][] = [];
  if (!isName(name)) found.push("name");
  if (!isWhole(port, LIMITS.port)) found.push("port");
  if (!isWhole(cpu, LIMITS.cpu)) found.push("cpu");
  if (role !== "" && !isRole(role)) found.push("role");
  if (!areRoles(roles)) found.push("roles");
  return found.map((kind) => ({ kind, node }));
}

/** The nodes that have what one before them has. */
function repeated(nodes: readonly DrawnNode[], what: (node: DrawnNode) => string | number): DrawnNode[] {
  const seen = new Set<string | number>();
  return nodes.filter((node) => {
    const key = what(node);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

export function problemsOf(drawn: Drawn): Problem[] {
  const { nodes } = drawn;
  if (nodes.length === 0) return [{ kind: "empty" }];
  const tree = treeOf(drawn);
  const reached = new Set(tree.map(({ node }) => node));
  const apart = nodes.find((node) => !reached.has(node));
  return [
    ...(nodes.length > LIMITS.nodes ? [{ kind: "many" } as const] : []),
    ...(apart ? [{ kind: "pieces", node: apart } as const] : []),
    ...(tree.some(({ depth }) => depth > LIMITS.depth) ? [{ kind: "deep" } as const] : []),
    ...nodes.flatMap(inNode),
    ...repeated(nodes, ({ name }) => name).map((node) => ({ kind: "sameName", node }) as const),
    ...repeated(nodes, ({ port }) => port).map((node) => ({ kind: "samePort", node }) as const),
    ...tree
      .filter(({ link }) => !isDelay(link?.delay ?? null))
      .map(({ node }) => ({ kind: "delay", node }) as const),
  ];
}

/** The roles that are written with commas between them. */
export const rolesIn = (text: string): string[] => text.split(",").map((each) => each.trim()).filter((each) => each !== "");
