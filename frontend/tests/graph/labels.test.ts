import { expect, it } from "vitest";
import { placeLabels } from "../../src/graph/labels";

const wide = { left: -500, right: 500, top: -500, bottom: 500 };
const box = (x: number, y: number) => ({ x, y, width: 50, height: 28 });
const row = (n: number, gap: number) => Array.from({ length: n }, (_, i) => box(i * gap, 0));
const order = (n: number) => Array.from({ length: n }, (_, i) => i);

it("puts labels below their marks where there is room", () => {
  const placed = placeLabels(row(4, 80), order(4), 12, "below", wide);
  expect(placed.map((place) => place?.top)).toEqual([15, 15, 15, 15]);
  expect(placed[1]).toMatchObject({ left: 55, align: "center" });
});

it("puts every other label of a tight row one line lower", () => {
  const placed = placeLabels(row(4, 30), order(4), 10, "below", { ...wide, right: 130 });
  const tops = placed.map((place) => place?.top ?? Number.NaN);
  expect(tops[0]).toBe(tops[2]);
  expect(tops[1]).toBe(tops[3]);
  expect(tops[1]).toBeGreaterThan((tops[0] ?? 0) + 27);
});

it("never lets two labels overlap, and rather leaves one out", () => {
  const boxes = Array.from({ length: 40 }, (_, i) => box((i % 8) * 24, Math.floor(i / 8) * 24));
  const placed = placeLabels(boxes, order(40), 6, "below", wide).filter((place) => place !== null);
  expect(placed.length).toBeLessThan(40);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      const apart = Math.abs(a.left - b.left) >= 50 || Math.abs(a.top - b.top) >= 28;
      expect(apart).toBe(true);
    }
  }
});

it("keeps labels out of obstacles and inside the bounds", () => {
  const below = { left: -30, right: 30, top: 14, bottom: 60 };
  expect(placeLabels([box(0, 0)], [0], 10, "below", wide, [below])[0]).toMatchObject({ align: "left" });
  const narrow = { left: -40, right: 40, top: -20, bottom: 20 };
  expect(placeLabels([box(0, 0)], [0], 10, "below", narrow)[0]).toBeNull();
});

it("puts the labels of a circle outside of it", () => {
  const placed = placeLabels([box(200, 0), box(-200, 0), box(0, -200), box(0, 200)], order(4), 10, "outwards", wide);
  expect(placed.map((place) => place?.align)).toEqual(["left", "right", "center", "center"]);
  expect(placed[2]?.top).toBeLessThan(-220);
  expect(placed[3]?.top).toBeGreaterThan(200);
});
