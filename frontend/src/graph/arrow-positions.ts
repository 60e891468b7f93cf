/** Where numbered arrows stand: on the right of their link, past its middle, one for each direction. */
import type { Drawing } from "./layout/drawing";
import type { Network } from "../state/lab";

export interface ArrowPosition {
  from: number;
  to: number;
  /** Pixels around the drawing's centre. */
  x: number;
  y: number;
  /** Radians. */
  angle: number;
  /** Length of the link in pixels. */
  far: number;
}

const AWAY_PX = 9;
const ALONG = 0.56;

export function arrowPosition(drawing: Drawing, from: number, to: number, scale: number): ArrowPosition {
  const ax = (drawing.x[from] ?? 0) * scale;
  const ay = (drawing.y[from] ?? 0) * scale;
  const dx = (drawing.x[to] ?? 0) * scale - ax;
  const dy = (drawing.y[to] ?? 0) * scale - ay;
  const far = Math.hypot(dx, dy) || 1;
  return {
    from, to, far,
    x: ax + dx * ALONG - (dy / far) * AWAY_PX,
    y: ay + dy * ALONG + (dx / far) * AWAY_PX,
    angle: Math.atan2(dy, dx),
  };
}

/** The arrow positions of both directions of every link. */
export function arrowPositions(network: Network, drawing: Drawing, scale: number): ArrowPosition[] {
  return network.links.flatMap(([a, b]) => [arrowPosition(drawing, a, b, scale), arrowPosition(drawing, b, a, scale)]);
}
