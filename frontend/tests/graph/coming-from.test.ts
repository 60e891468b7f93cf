import { expect, it } from "vitest";
import { comingFrom, isChanged } from "../../src/graph/coming-from";
import type { Drawing } from "../../src/graph/layout/drawing";
import type { Network } from "../../src/state/lab";

const networkOf = (names: string[], parents: number[]): Network => ({
  version: 1, names, ports: [], cpus: [], roles: [], agents: [], parents, links: [], indexOf: new Map(names.map((name, at) => [name, at])),
});
const drawingOf = (x: number[], y: number[]): Drawing => ({
  kind: "tidy", x: Float64Array.from(x), y: Float64Array.from(y), width: 100, height: 100, spacing: 10, sideways: false,
});
const before = networkOf(["root", "a"], [-1, 0]);
/** A node has joined in front of the old one, which has another number now. */
const after = networkOf(["root", "new", "below", "a"], [-1, 0, 1, 0]);

it("tells a network that has changed from another one", () => {
  expect(isChanged(before, after)).toBe(true);
  expect(isChanged(after, before)).toBe(true);
  expect(isChanged(before, networkOf(["root", "x", "y"], [-1, 0, 0]))).toBe(false);
  expect(isChanged(before, networkOf(["x", "y"], [-1, 0]))).toBe(false);
});

it("lets what stays come from where it stood on the screen, and what is new from its parent", () => {
  const drawing = drawingOf([0, -20, -20, 20], [0, 50, 90, 50]);
  const view = { scale: 2, x: 100, y: 100 };
  const stood: [number, number][] = [[100, 100], [160, 180]];
  const { x, y } = comingFrom(before, after, drawing, view, (node) => stood[node] ?? [0, 0]);
  // a stood 30 right of the middle and 40 below it, in world units; it goes to 20 and 50.
  expect([x[3], y[3]]).toEqual([10, -10]);
  expect([x[0], y[0]]).toEqual([0, 0]);
  // Both new ones begin at the root.
  expect([(drawing.x[1] ?? 0) + (x[1] ?? 0), (drawing.y[1] ?? 0) + (y[1] ?? 0)]).toEqual([0, 0]);
  expect([(drawing.x[2] ?? 0) + (x[2] ?? 0), (drawing.y[2] ?? 0) + (y[2] ?? 0)]).toEqual([0, 0]);
});
