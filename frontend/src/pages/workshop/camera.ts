/** What of the sheet is seen: the place in the middle, and how large a unit is. Pure. */
import type { Drawn, DrawnNode } from "./network";

export interface Camera {
  x: number;
  y: number;
  /** Pixels a unit of the sheet. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const SCALE = { least: 0.02, most: 4, whole: 1.2, step: 1.3 } as const;
/** Room around the outermost nodes (px). */
const MARGIN = { across: 60, down: 48 } as const;

const within = (scale: number): number => Math.min(SCALE.most, Math.max(SCALE.least, scale));

/** The camera that sees every node. */
export function wholeOf({ nodes }: Drawn, { width, height }: Size): Camera {
  if (nodes.length === 0) return { x: 0, y: 0, scale: 1 };
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const across = Math.max(1, width - 2 * MARGIN.across) / Math.max(1, right - left);
  const down = Math.max(1, height - 2 * MARGIN.down) / Math.max(1, bottom - top);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: within(Math.min(across, down, SCALE.whole)) };
}

export const onScreen = (camera: Camera, { width, height }: Size, x: number, y: number): { x: number; y: number } => ({
  x: (x - camera.x) * camera.scale + width / 2,
  y: (y - camera.y) * camera.scale + height / 2,
});

export const onSheet = (camera: Camera, { width, height }: Size, x: number, y: number): { x: number; y: number } => ({
  x: Math.round((x - width / 2) / camera.scale + camera.x),
  y: Math.round((y - height / 2) / camera.scale + camera.y),
});

/** Nearer by so many steps; what is at a point of the screen stays there. */
export function nearer(camera: Camera, size: Size, steps: number, at = { x: size.width / 2, y: size.height / 2 }): Camera {
  const scale = within(camera.scale * SCALE.step ** steps);
  const [dx, dy] = [at.x - size.width / 2, at.y - size.height / 2];
  return { x: camera.x + dx / camera.scale - dx / scale, y: camera.y + dy / camera.scale - dy / scale, scale };
}

export const shifted = (camera: Camera, dx: number, dy: number): Camera => ({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale });

/** The radius of a node (px): as large as can be touched, smaller where there are many. */
const RADIUS = { least: 5, most: 17, share: 0.36 } as const;

export function radiusOf(spacing: number, { scale }: Camera): number {
  return Math.min(RADIUS.most, Math.max(RADIUS.least, RADIUS.share * spacing * scale));
}

/** A place for a new node: beside the one that it is linked with, where nobody stands (units). */
export const APART = 120;
const TURNS = 12;

export function placeBeside({ nodes }: Drawn, near: DrawnNode | undefined, camera: Camera): { x: number; y: number } {
  const middle = near ?? { x: Math.round(camera.x), y: Math.round(camera.y) };
  const isFree = (x: number, y: number) => nodes.every((node) => Math.hypot(node.x - x, node.y - y) >= 0.7 * APART);
  if (!near && isFree(middle.x, middle.y)) return { x: middle.x, y: middle.y };
  for (let ring = 1; ; ring++) {
    for (let turn = 0; turn < TURNS * ring; turn++) {
      // Downwards first: a child stands below its parent.
      const side = turn % 2 === 0 ? turn / 2 : -(turn + 1) / 2;
      const angle = Math.PI / 2 - (side * 2 * Math.PI) / (TURNS * ring);
      const x = Math.round(middle.x + ring * APART * Math.cos(angle));
      const y = Math.round(middle.y + ring * APART * Math.sin(angle));
      if (isFree(x, y)) return { x, y };
    }
  }
}
