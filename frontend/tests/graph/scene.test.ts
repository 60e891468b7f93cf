import { expect, it } from "vitest";
import { drawingOf, lookOf, placeFlight } from "../../src/graph/scene";
import { arrowPosition } from "../../src/graph/arrow-positions";
import { reduce } from "../../src/state/lab";
import { delta, snapshot } from "../fixtures";

const lab = reduce(null, snapshot());
if (!lab) throw new Error("a snapshot is always taken");

it("makes one drawing for a network and keeps it while nodes come and go", () => {
  const before = drawingOf(lab.network, 1.5);
  const after = reduce(lab, delta(8, {
    nodes: { index: [1], state: ["dead"], cut: [false], queued: [0], running: [0], moving: [0], done: [0], failed: [0], cancelled: [0], restarts: [0] },
  }));
  expect(after && drawingOf(after.network, 1.5)).toBe(before);
  expect(drawingOf(lab.network, 0.6)).not.toBe(before);
});

it("sends messages from rim to rim, the two directions of a link on two lanes", () => {
  const drawing = drawingOf(lab.network, 1.5);
  const down = placeFlight(drawing, 0, 1, 0.5, 1, 10);
  const up = placeFlight(drawing, 1, 0, 0.5, 1, 10);
  expect(Math.hypot(down.x - up.x, down.y - up.y)).toBeGreaterThan(5);
  const start = placeFlight(drawing, 0, 1, 0, 1, 10);
  expect(Math.hypot(start.x - (drawing.x[0] ?? 0), start.y - (drawing.y[0] ?? 0))).toBeGreaterThanOrEqual(10);
  expect(Math.abs(down.angle - up.angle)).toBeCloseTo(Math.PI);
});

it("sets the numbered arrows of the two directions on two sides", () => {
  const drawing = drawingOf(lab.network, 1.5);
  const one = arrowPosition(drawing, 0, 1, 1);
  const other = arrowPosition(drawing, 1, 0, 1);
  expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(16);
});

it("looks at a node without a wave: no phase", () => {
  expect(lookOf(lab, 0)).toMatchObject({ condition: "up", mark: "circle", load: 0, phase: null });
});
