/**
 * Another drawing on the stage, in a view in which nobody loses the place. What stays glides from where it stood on the
 * screen to where it stands now, what is new comes out of its parent; a reader who has zoomed keeps that view. The drawing
 * itself is the final one from the start: a glide is how far each node still is from its place.
 */
import { prefersLessMotion } from "../state/view";
import type { Network } from "../state/lab";
import { comingFrom, isChanged, type Offsets } from "./coming-from";
import { OVERVIEW_FROM } from "./layout/choose";
import type { Drawing } from "./layout/drawing";
import { fit, viewport, type Viewport } from "./viewport";

const GLIDE_MS = 450;
/** A view is the whole drawing's as long as it is no further from that than this: a share of the scale, and pixels. */
const FITTED = { scale: 0.01, pixels: 3 } as const;

interface Shown {
  network: Network;
  drawing: Drawing;
  width: number;
  height: number;
}

let shown: Shown | null = null;
/** In which the stage shows it, until a reader zooms. */
let wanted: Viewport | null = null;
let offsets: Offsets | null = null;
/** The share of the way that is left: 1 at first, 0 where all stand still. */
let left = 0;
let frame = 0;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** How far a node is from its place now, in world units. */
const offsetX = (node: number): number => (offsets?.x[node] ?? 0) * left;
const offsetY = (node: number): number => (offsets?.y[node] ?? 0) * left;

/** Where a node of the drawing is now. */
export const xOf = (drawing: Drawing, node: number): number => (drawing.x[node] ?? 0) + (shown?.drawing === drawing ? offsetX(node) : 0);
export const yOf = (drawing: Drawing, node: number): number => (drawing.y[node] ?? 0) + (shown?.drawing === drawing ? offsetY(node) : 0);

export const glide = {
  /** The share of the way that is left. */
  get: (): number => left,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};

function isFitted(view: Viewport, drawing: Drawing): boolean {
  const whole = fit(drawing, view.width, view.height);
  return Math.abs(view.scale / whole.scale - 1) < FITTED.scale && Math.abs(view.x - whole.x) < FITTED.pixels && Math.abs(view.y - whole.y) < FITTED.pixels;
}

function run(): void {
  cancelAnimationFrame(frame);
  const began = performance.now();
  const step = () => {
    const part = Math.min(1, (performance.now() - began) / GLIDE_MS);
    left = (1 - part) ** 3;
    if (part < 1) frame = requestAnimationFrame(step);
    tell();
  };
  left = 1;
  frame = requestAnimationFrame(step);
  tell();
}

/** The view in which `show` wants its drawing, for a camera that takes its time. */
export const wantedView = (): Viewport => wanted ?? viewport.get();

/** Shows a drawing in a pane of this size. */
export function show(network: Network, drawing: Drawing, width: number, height: number): void {
  const before = shown;
  if (before?.drawing === drawing && before.network === network && before.width === width && before.height === height) return;
  const seen = viewport.get();
  const another = before !== null && before.network !== network && isChanged(before.network, network);
  const keeps = another && before.width === width && before.height === height && !isFitted(seen, before.drawing);
  const view = keeps ? seen : fit(drawing, width, height);
  const glides = another && network.names.length <= OVERVIEW_FROM && before.network.names.length <= OVERVIEW_FROM && !prefersLessMotion();
  const next = glides
    ? comingFrom(before.network, network, drawing, view, (node) => [
        xOf(before.drawing, node) * seen.scale + seen.x, yOf(before.drawing, node) * seen.scale + seen.y,
      ])
    : null;
  shown = { network, drawing, width, height };
  wanted = view;
  offsets = next;
  left = 0;
  viewport.set(view);
  if (glides) run();
  else tell();
}
