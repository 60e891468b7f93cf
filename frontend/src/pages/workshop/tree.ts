/** The tree of a drawn network: from the root along the links that are the tree's, children in the order of the nodes. */
import type { Drawn, DrawnLink, DrawnNode } from "./network";

export interface Branch {
  node: DrawnNode;
  /** Null of the root. */
  parent: DrawnNode | null;
  /** The link to its parent. */
  link: DrawnLink | null;
  children: Branch[];
  depth: number;
}

/** The nodes that can be reached from the root over the tree, depth first. */
export function treeOf({ nodes, links }: Drawn): Branch[] {
  const [root] = nodes;
  if (!root) return [];
  const near = new Map<number, [number, DrawnLink][]>();
  for (const link of links) {
    if (!link.tree) continue;
    near.set(link.a, [...(near.get(link.a) ?? []), [link.b, link]]);
    near.set(link.b, [...(near.get(link.b) ?? []), [link.a, link]]);
  }
  const place = new Map(nodes.map(({ id }, at) => [id, at]));
  const found: Branch[] = [];
  const waiting: Branch[] = [{ node: root, parent: null, link: null, children: [], depth: 0 }];
  for (let branch = waiting.pop(); branch; branch = waiting.pop()) {
    const { node, link: up, depth } = branch;
    found.push(branch);
    branch.children = (near.get(node.id) ?? [])
      .filter(([, link]) => link !== up)
      .map(([id, link]) => ({ at: place.get(id) ?? 0, link }))
      .sort((one, other) => one.at - other.at)
      .flatMap(({ at, link }) => {
        const below = nodes[at];
        return below ? [{ node: below, parent: node, link, children: [], depth: depth + 1 }] : [];
      });
    waiting.push(...branch.children.toReversed());
  }
  return found;
}
