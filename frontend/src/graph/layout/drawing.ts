/** A drawing: where each node of a network stands. World units, x to the right, y down; the same input gives the same drawing. */

export type DrawingKind = "tidy" | "radial" | "circle" | "stress";

export interface Drawing {
  kind: DrawingKind;
  x: Float64Array;
  y: Float64Array;
  width: number;
  height: number;
  /** The room of a node: the least distance between two of them, in world units. */
  spacing: number;
  /** True where a tree grows to the right in a tall pane: labels stand beside the marks instead of below. */
  sideways: boolean;
}

/** Area of every drawing, in world units squared; the camera's far plane is no concern at this size. */
const SIDE = 1_000;

/** Width and height of the sheet for a pane of this aspect (width / height). */
export function sheet(aspect: number): { width: number; height: number } {
  const root = Math.sqrt(aspect);
  return { width: SIDE * root, height: SIDE / root };
}

function rangeOf(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The least distance between two nodes: exact for up to 400 nodes, from the area beyond. */
export function spacingOf(x: Float64Array, y: Float64Array, area: number): number {
  const n = x.length;
  if (n < 2) return SIDE / 4;
  if (n > 400) return 0.7 * Math.sqrt(area / n);
  let least = Infinity;
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      least = Math.min(least, Math.hypot((x[a] ?? 0) - (x[b] ?? 0), (y[a] ?? 0) - (y[b] ?? 0)));
    }
  }
  return least;
}

interface Limits {
  sideways?: boolean;
  mostWidth?: number;
  mostHeight?: number;
}

/**
 * Fits raw coordinates into the sheet around (0, 0). `stretch` is how much more one axis may be scaled than the
 * other: Infinity fills the sheet, 1 keeps the shape.
 */
export function fitted(
  kind: DrawingKind,
  raw: { x: Float64Array; y: Float64Array },
  aspect: number,
  stretch: number,
  { sideways = false, mostWidth = Infinity, mostHeight = Infinity }: Limits = {},
): Drawing {
  const all = sheet(aspect);
  const width = Math.min(all.width, mostWidth);
  const height = Math.min(all.height, mostHeight);
  const [left, right] = rangeOf(raw.x);
  const [top, bottom] = rangeOf(raw.y);
  const spanX = right - left;
  const spanY = bottom - top;
  let scaleX = spanX > 0 ? width / spanX : 1;
  let scaleY = spanY > 0 ? height / spanY : 1;
  if (spanX > 0 && spanY > 0) {
    const least = Math.min(scaleX, scaleY);
    scaleX = Math.min(scaleX, least * stretch);
    scaleY = Math.min(scaleY, least * stretch);
  }
  const x = raw.x.map((value) => (value - (left + right) / 2) * scaleX);
  const y = raw.y.map((value) => (value - (top + bottom) / 2) * scaleY);
  return {
    kind,
    x,
    y,
    width: spanX * scaleX,
    height: spanY * scaleY,
    spacing: spacingOf(x, y, Math.max(1, spanX * scaleX * spanY * scaleY)),
    sideways,
  };
}
