/** From where the nodes of a drawing come, where the network has changed. Pure. */
import type { Network } from "../state/lab";
import type { Drawing } from "./layout/drawing";
import type { Viewport } from "./viewport";

/** Of each node, in world units. */
export interface Offsets {
  x: Float64Array;
  y: Float64Array;
}

/** Whether two networks are one that has changed, and not two with a few names in common. */
export function isChanged(before: Pick<Network, "names">, after: Pick<Network, "indexOf" | "names">): boolean {
  const common = before.names.filter((name) => after.indexOf.has(name)).length;
  return common > 1 && 2 * common >= Math.min(before.names.length, after.names.length);
}

/** From where each node comes, as its distance to its place; `place` says where on the screen a node of before stands. */
export function comingFrom(
  before: Network, after: Network, drawing: Drawing, view: Pick<Viewport, "scale" | "x" | "y">, place: (node: number) => [number, number],
): Offsets {
  const x = Float64Array.from(drawing.x);
  const y = Float64Array.from(drawing.y);
  // A parent comes before its children in a network, so it is known by then.
  after.names.forEach((name, node) => {
    const old = before.indexOf.get(name);
    const parent = after.parents[node] ?? -1;
    if (old !== undefined) {
      const [px, py] = place(old);
      x[node] = (px - view.x) / view.scale;
      y[node] = (py - view.y) / view.scale;
    } else if (parent >= 0) {
      x[node] = x[parent] ?? 0;
      y[node] = y[parent] ?? 0;
    }
  });
  return { x: x.map((value, node) => value - (drawing.x[node] ?? 0)), y: y.map((value, node) => value - (drawing.y[node] ?? 0)) };
}
