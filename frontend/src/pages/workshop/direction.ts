/** The node that lies in a direction of another one, for the arrow keys. Pure. */
import type { DrawnNode } from "./network";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as const;
export type Arrow = keyof typeof ARROWS;

export const isArrow = (key: string): key is Arrow => Object.hasOwn(ARROWS, key);
export const arrowOf = (arrow: Arrow): readonly [number, number] => ARROWS[arrow];

/** A way aside counts as much longer than one ahead. */
const ASIDE = 2;

/** The nearest one of those that lie more ahead than aside; null where none does. */
export function towards(nodes: readonly DrawnNode[], from: DrawnNode, arrow: Arrow): DrawnNode | null {
  const [dx, dy] = ARROWS[arrow];
  let found: DrawnNode | null = null;
  let least = Infinity;
  for (const node of nodes) {
    const ahead = (node.x - from.x) * dx + (node.y - from.y) * dy;
    const aside = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
    if (ahead <= 0 || aside > ahead) continue;
    const far = ahead + ASIDE * aside;
    if (far < least) [found, least] = [node, far];
  }
  return found;
}
