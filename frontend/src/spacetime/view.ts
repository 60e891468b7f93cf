/** How a space-time diagram lies in its pane, in pixels, and which step is under the pointer. */
import { firstAt, laneCount, nodesOn, type Layout } from "./layout";
import type { Run } from "./steps";

export interface Pane {
  width: number;
  height: number;
  /** How far it is scrolled. */
  left: number;
  top: number;
  /** Width of what `x` of a layout counts as one, and height of a lane. */
  column: number;
  lane: number;
  /** Width of the names, which stay at the left. */
  names: number;
}

export const COLUMN_PX = { least: 3, usual: 34, most: 160, step: 1.3 } as const;
export const LANE_PX = 26;
/** Width of the names at the left, and size of the type, at its usual size. */
export const NAMES_PX = 118;
export const TYPE_PX = 12;
/** Room over the first lane, and around the first and last column. */
export const EDGE_PX = 22;

export const xOf = (pane: Pane, column: number): number => pane.names + EDGE_PX + column * pane.column - pane.left;
export const yOf = (pane: Pane, lane: number): number => EDGE_PX + lane * pane.lane - pane.top;
export const columnAt = (pane: Pane, px: number): number => (px + pane.left - pane.names - EDGE_PX) / pane.column;

/** The size of the whole diagram. */
export const sizeOf = (layout: Layout, pane: Pick<Pane, "column" | "lane" | "names">): { width: number; height: number } => ({
  width: pane.names + 2 * EDGE_PX + (layout.columns * pane.column) / layout.scale,
  height: 2 * EDGE_PX + Math.max(0, laneCount(layout) - 1) * pane.lane,
});

/** How near the pointer must be to a step (px). */
const REACH_PX = 14;

/** The step under a point of the pane, or null: the nearest on its lane. */
export function stepAt({ ofNode }: Run, layout: Layout, pane: Pane, px: number, py: number): number | null {
  const lane = Math.round((py + pane.top - EDGE_PX) / pane.lane);
  if (Math.abs(yOf(pane, lane) - py) > REACH_PX || px < pane.names) return null;
  let best: number | null = null;
  let least = REACH_PX;
  for (const node of nodesOn(layout, lane)) {
    const mine = ofNode[node] ?? [];
    const place = firstAt(layout.x, mine, columnAt(pane, px));
    for (const step of [mine[place - 1], mine[place]]) {
      if (step === undefined) continue;
      const far = Math.abs(xOf(pane, layout.x[step] ?? 0) - px);
      if (far <= least) [best, least] = [step, far];
    }
  }
  return best;
}

/** How far to scroll so that a step is seen, with some of what follows; the same place where it is seen already. */
export function scrolledTo(layout: Layout, pane: Pane, step: number, node: number): { left: number; top: number } {
  const px = xOf(pane, layout.x[step] ?? 0);
  const lane = layout.laneOf[node] ?? -1;
  const py = lane < 0 ? pane.height / 2 : yOf(pane, lane);
  const across = px < pane.names + EDGE_PX || px > pane.width - EDGE_PX;
  const down = py < EDGE_PX || py > pane.height - EDGE_PX;
  return {
    left: across ? Math.max(0, pane.left + px - pane.names - (pane.width - pane.names) / 3) : pane.left,
    top: down ? Math.max(0, pane.top + py - pane.height / 2) : pane.top,
  };
}
