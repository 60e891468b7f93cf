/** Which message is under the pointer. */
import { arrowEnd, arrowsBetween, type Layout } from "./layout";
import type { Run } from "./steps";
import { columnAt, xOf, yOf, type Pane } from "./view";

/** A message that is pointed at, and where in the window (px). */
export interface Pointed {
  flight: number;
  x: number;
  y: number;
}

/** How near the pointer must be (px). */
const REACH_PX = 7;

/** How far a point is from a line between two others. */
export function distance(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const long = dx * dx + dy * dy;
  const part = long === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / long));
  return Math.hypot(x - x1 - part * dx, y - y1 - part * dy);
}

/** The arrow of the diagram at a point of its pane; null where there is none. */
export function arrowAt(run: Run, layout: Layout, pane: Pane, px: number, py: number): number | null {
  if (px < pane.names) return null;
  let best: number | null = null;
  let least = REACH_PX;
  for (const place of arrowsBetween(run, layout, columnAt(pane, px - REACH_PX), columnAt(pane, px + REACH_PX))) {
    const flight = run.flights[place];
    if (!flight) continue;
    const [from, to] = [layout.laneOf[flight.from] ?? -1, layout.laneOf[flight.to] ?? -1];
    if (from < 0 || to < 0) continue;
    const [y1, y2] = [yOf(pane, from), yOf(pane, to)];
    const far = distance(px, py, xOf(pane, layout.x[flight.sentIn] ?? 0), y1, xOf(pane, arrowEnd(run, layout, place)), flight.lost ? (y1 + y2) / 2 : y2);
    if (far < least) [best, least] = [place, far];
  }
  return best;
}

/** The nearest of some points, such as messages on the stage; null where none is near. */
export function nearest(points: readonly { place: number; x: number; y: number }[], px: number, py: number): number | null {
  let best: number | null = null;
  let least = 2 * REACH_PX;
  for (const { place, x, y } of points) {
    const far = Math.hypot(x - px, y - py);
    if (far < least) [best, least] = [place, far];
  }
  return best;
}
