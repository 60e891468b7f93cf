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

/** Levels in rows, no crossings; grows down, or to the right where the pane is tall. */
export function tidyTree(parents: readonly number[], aspect: number): Drawing {
  const sideways = aspect < 0.9;
  const placed = tree<Item>()
    .nodeSize([1, 1])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.25))(hierarchy(nested(parents)));
  const raw = each(placed, parents.length, (node) => (sideways ? [node.y, node.x] : [node.x, node.y]));
  const drawing = fitted("tidy", raw, aspect, Infinity, sideways);
  return roomy(drawing, aspect);
}

/** A flat tree need not fill the height: levels further apart than this many node distances look lost. */
function roomy(drawing: Drawing, aspect: number): Drawing {
  const levels = new Set(drawing.sideways ? drawing.x : drawing.y).size;
  const along = drawing.sideways ? drawing.width : drawing.height;
  const most = 420 * Math.max(1, levels - 1) * (drawing.sideways ? Math.max(1, aspect) : 1);
  if (along <= most) return drawing;
  const squeeze = most / along;
  const axis = drawing.sideways ? drawing.x : drawing.y;
  axis.forEach((value, index) => (axis[index] = value * squeeze));
  return drawing.sideways ? { ...drawing, width: most } : { ...drawing, height: most };
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
