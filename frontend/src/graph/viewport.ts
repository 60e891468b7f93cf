/** How the drawing lies in its pane: screen = world * scale + offset. Written by the renderer, read by everything above it. */
import { textScale } from "../state/type-size";
import type { Drawing } from "./layout/drawing";

export interface Viewport {
  scale: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

type Listener = () => void;

let current: Viewport = { scale: 1, x: 0, y: 0, width: 0, height: 0 };
const listeners = new Set<Listener>();

export const viewport = {
  get: (): Viewport => current,
  set: (next: Viewport): void => {
    const same = (Object.keys(next) as (keyof Viewport)[]).every((key) => Math.abs(next[key] - current[key]) < 1e-4);
    if (same) return;
    current = next;
    for (const listener of listeners) listener();
  },
  subscribe: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};

/** What the toolbar and the keyboard ask of whichever renderer is there. */
export type CameraOrder = "fit" | "in" | "out";
const orders = new Set<(order: CameraOrder) => void>();

export const camera = {
  order: (order: CameraOrder): void => {
    for (const obey of orders) obey(order);
  },
  onOrder: (obey: (order: CameraOrder) => void): (() => void) => {
    orders.add(obey);
    return () => { orders.delete(obey); };
  },
};

export const ZOOM = { least: 0.05, most: 8, step: 1.4 } as const;

/** Pixels that labels need around the outermost nodes, at the usual size of the type. */
const MARGIN = { top: 62, topNarrow: 88, side: 44, bottom: 84, sidewaysEnd: 96, bottomBare: 24 } as const;
/** In a pane below this width, in pixels, the tools reach to its middle, where the topmost node is. */
const NARROW_PX = 600;

/** Whether the topmost node stands in the middle by itself, between the tools; else others stand beside it, under them. */
const hasTopInMiddle = ({ kind, sideways }: Pick<Drawing, "kind" | "sideways">): boolean =>
  kind === "radial" || (kind === "tidy" && !sideways);

const topMargin = (width: number, topInMiddle: boolean, type: number): number =>
  (width < NARROW_PX * type || !topInMiddle ? MARGIN.topNarrow : MARGIN.top) * type;

interface Kind {
  sideways: boolean;
  /** No labels stand below it. */
  bare: boolean;
  topInMiddle: boolean;
  /** No tools lie over its upper edge. */
  clear?: boolean;
}

/** The part of a pane that the drawing itself can fill; the type is `type` times as large as usual. */
export function roomIn(width: number, height: number, { sideways, bare, topInMiddle, clear = false }: Kind, type = textScale()): { width: number; height: number } {
  const right = sideways ? MARGIN.sidewaysEnd : MARGIN.side;
  const bottom = bare ? MARGIN.bottomBare : MARGIN.bottom;
  const top = clear ? MARGIN.side * type : topMargin(width, topInMiddle, type);
  return { width: Math.max(40, width - (MARGIN.side + right) * type), height: Math.max(40, height - top - bottom * type) };
}

/** The viewport in which the whole drawing is seen with room for its labels; `clear` where no tools lie over it. */
export function fit(drawing: Drawing, width: number, height: number, type = textScale(), clear = false): Viewport {
  // An overview shows no labels by itself.
  const topInMiddle = hasTopInMiddle(drawing);
  const room = roomIn(width, height, { sideways: drawing.sideways, bare: drawing.kind === "radial", topInMiddle, clear }, type);
  const scale = Math.min(
    ZOOM.most / 4,
    room.width / Math.max(1, drawing.width),
    room.height / Math.max(1, drawing.height),
  );
  const top = clear ? MARGIN.side * type : topMargin(width, topInMiddle, type);
  return { scale, x: MARGIN.side * type + room.width / 2, y: top + room.height / 2, width, height };
}

/** The tools over the upper edge of the stage; no label goes there. */
const TOOLS_PX = 34;

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Where labels may stand, in pixels around the drawing's centre: inside the pane as it is when all is in view. */
export function labelBounds(drawing: Drawing, { scale, width, height }: Viewport, type = textScale()): Rect {
  const beside = drawing.sideways ? ((MARGIN.sidewaysEnd - MARGIN.side) * type) / 2 : 0;
  const top = topMargin(width, hasTopInMiddle(drawing), type);
  const lower = (MARGIN.bottom * type - top) / 2;
  const halfX = (drawing.width * scale) / 2 + (MARGIN.side * type) / 2;
  const halfY = (drawing.height * scale) / 2 + top / 2;
  return {
    left: -Math.max(width / 2 - beside, halfX),
    right: Math.max(width / 2 + beside, halfX),
    top: -Math.max(height / 2 - lower - TOOLS_PX * type, halfY),
    bottom: Math.max(height / 2 + lower, halfY),
  };
}

/** The same viewport, `factor` times as large around a point of the screen. */
export function zoomAt(view: Viewport, factor: number, px: number, py: number): Viewport {
  const scale = Math.min(ZOOM.most, Math.max(ZOOM.least, view.scale * factor));
  const ratio = scale / view.scale;
  return { ...view, scale, x: px - (px - view.x) * ratio, y: py - (py - view.y) * ratio };
}

/** Share of the room between two nodes that a mark takes: labels of trees stand below, of others in between. */
const RADIUS = { least: { tidy: 3.2, radial: 2.4, circle: 3.2, stress: 3.2 }, most: 26, share: { tidy: 0.32, radial: 0.2, circle: 0.26, stress: 0.2 } } as const;

/** Radius of a node's mark in pixels: as large as its neighbours allow, within what can be read. */
export function markRadius(drawing: Drawing, scale: number): number {
  return Math.min(RADIUS.most, Math.max(RADIUS.least[drawing.kind], drawing.spacing * scale * RADIUS.share[drawing.kind]));
}

/** The node under a point of the screen, or null; a finger gets more room than a mark has. */
export function nodeAt(drawing: Drawing, view: Viewport, px: number, py: number, slack: number): number | null {
  const reach = markRadius(drawing, view.scale) + slack;
  let best: number | null = null;
  let least = reach * reach;
  for (let i = 0; i < drawing.x.length; i++) {
    const dx = (drawing.x[i] ?? 0) * view.scale + view.x - px;
    const dy = (drawing.y[i] ?? 0) * view.scale + view.y - py;
    const far = dx * dx + dy * dy;
    if (far < least) {
      least = far;
      best = i;
    }
  }
  return best;
}

/** The nodes whose marks are in the pane. */
export function nodesInView(drawing: Drawing, { scale, x, y, width, height }: Viewport): number[] {
  const found: number[] = [];
  for (let node = 0; node < drawing.x.length; node++) {
    const left = (drawing.x[node] ?? 0) * scale + x;
    const top = (drawing.y[node] ?? 0) * scale + y;
    if (left >= 0 && left <= width && top >= 0 && top <= height) found.push(node);
  }
  return found;
}
