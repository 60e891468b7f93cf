import { expect, it } from "vitest";
import { fit, labelBounds, markRadius, nodeAt, nodesInView, viewport, zoomAt, ZOOM } from "../../src/graph/viewport";
import { draw } from "../../src/graph/layout/choose";
import { binaryParents, gridLinks, ringLinks, treeLinks } from "../fixtures";

const drawing = draw({ parents: binaryParents(15), links: treeLinks(binaryParents(15)) }, 1.5);

it("fits the whole drawing into the pane with room for labels", () => {
  const view = fit(drawing, 800, 500);
  drawing.x.forEach((x, node) => {
    const px = x * view.scale + view.x;
    const py = (drawing.y[node] ?? 0) * view.scale + view.y;
    expect(px).toBeGreaterThan(30);
    expect(px).toBeLessThan(770);
    expect(py).toBeGreaterThan(40);
    expect(py).toBeLessThan(430);
  });
});

it("keeps the topmost node, with the rings around it, below the tools of a narrow pane", () => {
  const tall = draw({ parents: binaryParents(15), links: treeLinks(binaryParents(15)) }, 390 / 370);
  const view = fit(tall, 390, 370);
  const tops = tall.y.map((y) => y * view.scale + view.y);
  expect(Math.min(...tops)).toBeGreaterThan(34 + 42);
});

it.each([
  ["a grid", gridLinks(3, 4), 12],
  ["a ring", ringLinks(15), 15],
])("keeps the whole top row of %s below the tools of a wide pane", (_, links, n) => {
  const flat = draw({ parents: binaryParents(n), links }, 688 / 418);
  const view = fit(flat, 688, 418);
  const rings = 1.75 * markRadius(flat, view.scale);
  flat.y.forEach((y) => { expect(y * view.scale + view.y - rings).toBeGreaterThan(34); });
});

it("zooms around a point, which stays where it is, and within limits", () => {
  const view = { scale: 1, x: 10, y: 20, width: 100, height: 100 };
  const near = zoomAt(view, 2, 50, 60);
  expect([(50 - view.x) / view.scale, (60 - view.y) / view.scale]).toEqual([(50 - near.x) / near.scale, (60 - near.y) / near.scale]);
  expect(zoomAt(view, 1e9, 0, 0).scale).toBe(ZOOM.most);
  expect(zoomAt(view, 1e-9, 0, 0).scale).toBe(ZOOM.least);
});

it("finds the node under the pointer and none beside it", () => {
  const view = fit(drawing, 800, 500);
  const px = (drawing.x[7] ?? 0) * view.scale + view.x;
  const py = (drawing.y[7] ?? 0) * view.scale + view.y;
  expect(nodeAt(drawing, view, px + 3, py - 3, 4)).toBe(7);
  expect(nodeAt(drawing, view, 5, 5, 4)).toBeNull();
});

it("keeps marks apart from each other and readable", () => {
  expect(2 * markRadius(drawing, 0.3)).toBeLessThan(drawing.spacing * 0.3);
  expect(markRadius(drawing, 100)).toBeLessThanOrEqual(26);
  expect(markRadius(drawing, 0.001)).toBeGreaterThan(3);
});

it("lets labels stand anywhere in the pane", () => {
  const bounds = labelBounds(drawing, fit(drawing, 800, 500));
  expect(bounds.right - bounds.left).toBeGreaterThanOrEqual(800);
});

it("notifies listeners of a change, and of nothing else", () => {
  let calls = 0;
  const stop = viewport.subscribe(() => { calls += 1; });
  const view = { scale: 2, x: 1, y: 1, width: 10, height: 10 };
  viewport.set(view);
  viewport.set({ ...view });
  stop();
  viewport.set({ ...view, x: 5 });
  expect(calls).toBe(1);
});

it("finds the nodes in view: all when the drawing fits, few when it is enlarged", () => {
  const whole = fit(drawing, 800, 500);
  expect(nodesInView(drawing, whole)).toHaveLength(15);
  const root = { x: (drawing.x[0] ?? 0) * whole.scale + whole.x, y: (drawing.y[0] ?? 0) * whole.scale + whole.y };
  expect(nodesInView(drawing, zoomAt(whole, 4, root.x, root.y))).toEqual([0]);
});
