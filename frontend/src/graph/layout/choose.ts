/** Which drawing a network gets: rows for a tree, a circle for a ring, circles around the root for very many nodes. */
import type { Drawing } from "./drawing";
import { circle, neighboursOf, ringOrder, stress } from "./graph";
import { radialTree, tidyTree } from "./tree";

/** From here on the page shows an overview: small marks, names on demand. */
export const OVERVIEW_FROM = 150;
/** Stress majorization takes time in the square of the nodes: beyond this the breadth-first tree is drawn instead. */
const STRESS_UP_TO = 300;

export interface Shape {
  parents: readonly number[];
  links: readonly (readonly [number, number])[];
}

export function draw(network: Shape, aspect: number): Drawing {
  const n = network.parents.length;
  if (network.links.length < n) {
    return n <= OVERVIEW_FROM ? tidyTree(network.parents, aspect) : radialTree(network.parents, aspect);
  }
  const order = ringOrder(neighboursOf(n, network.links));
  if (order) return circle(order, aspect);
  return n <= STRESS_UP_TO ? stress(n, network.links, aspect) : radialTree(network.parents, aspect);
}

/** Aspects in steps instead of every width: a drawing must not jump while a window is dragged wider. */
const STEP = 1.15;
const ASPECTS = { least: 0.5, most: 3 } as const;

export function nearestAspect(width: number, height: number): number {
  const aspect = Math.min(ASPECTS.most, Math.max(ASPECTS.least, width / Math.max(1, height)));
  return STEP ** Math.round(Math.log(aspect) / Math.log(STEP));
}
