/** Drawings of trees by d3-hierarchy: tidy (Buchheim, Juenger, Leipert 2002) for few nodes, radial for many. */
import { hierarchy, tree, type HierarchyPointNode } from "d3-hierarchy";
import { fitted, type Drawing } from "./drawing";

interface Item {
  index: number;
  children: Item[];
}

/** The nested tree behind an array of parents; nodes without a parent hang below the first of them. */
function nested(parents: readonly number[]): Item {
  const items: Item[] = parents.map((_, index) => ({ index, children: [] }));
  const root = items[Math.max(0, parents.indexOf(-1))] ?? { index: 0, children: [] };
  items.forEach((item) => {
    if (item !== root) (items[parents[item.index] ?? -1] ?? root).children.push(item);
  });
  return root;
}

function each(root: HierarchyPointNode<Item>, n: number, place: (node: HierarchyPointNode<Item>) => [number, number]) {
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  root.each((node) => {
    [x[node.data.index], y[node.data.index]] = place(node);
  });
  return { x, y };
}

/** Levels a tree may have for each of its widest level before it lies down in a wide pane. */
const LONG = 2.5;
/** Levels further apart than this look lost: a flat tree need not fill the height. */
const LEVEL_GAP = 420;

/** Levels in rows, no crossings; grows down, or to the right in a tall pane and where the tree is one long line. */
export function tidyTree(parents: readonly number[], aspect: number): Drawing {
  const root = hierarchy(nested(parents));
  const breadths = root.descendants().reduce((all, { depth }) => all.set(depth, (all.get(depth) ?? 0) + 1), new Map<number, number>());
  const levels = breadths.size;
  const long = aspect > 1.2 && levels > LONG * Math.max(...breadths.values());
  const tall = aspect < 0.9;
  const lying = long || tall;
  const placed = tree<Item>()
    .nodeSize([1, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.25))(root);
  const raw = each(placed, parents.length, (node) => (lying ? [node.y, node.x] : [node.x, node.y]));
  const most = LEVEL_GAP * Math.max(1, levels - 1);
  return fitted("tidy", raw, aspect, Infinity, { sideways: tall, ...(lying ? { mostWidth: most } : { mostHeight: most }) });
}

/** The root in the middle, each level on a circle around it. */
export function radialTree(parents: readonly number[], aspect: number): Drawing {
  const placed = tree<Item>()
    .size([2 * Math.PI, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : 2) / Math.max(1, a.depth))(hierarchy(nested(parents)));
  const raw = each(placed, parents.length, (node) => [
    node.y * Math.sin(node.x),
    -node.y * Math.cos(node.x),
  ]);
  return fitted("radial", raw, aspect, 1.5);
}
