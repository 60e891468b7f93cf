import { expect, it } from "vitest";
import { circle, hopsBetween, neighboursOf, ringOrder, stress } from "../../../src/graph/layout/graph";
import { binaryParents, gridLinks, ringLinks, treeLinks } from "../../fixtures";

const far = (drawing: { x: Float64Array; y: Float64Array }, a: number, b: number) =>
  Math.hypot((drawing.x[a] ?? 0) - (drawing.x[b] ?? 0), (drawing.y[a] ?? 0) - (drawing.y[b] ?? 0));

it("knows a ring, in its order, and nothing else", () => {
  expect(ringOrder(neighboursOf(5, [[0, 2], [2, 4], [4, 1], [1, 3], [3, 0]]))).toEqual([0, 2, 4, 1, 3]);
  expect(ringOrder(neighboursOf(4, treeLinks([-1, 0, 0, 0])))).toBeNull();
  // Two rings beside each other are no ring.
  expect(ringOrder(neighboursOf(6, [[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3]]))).toBeNull();
});

it("puts neighbours of a ring equally far apart on a circle", () => {
  const drawing = circle([0, 1, 2, 3, 4, 5, 6, 7], 1);
  const sides = ringLinks(8).map(([a, b]) => far(drawing, a, b));
  for (const side of sides) expect(side).toBeCloseTo(sides[0] ?? 0, 3);
});

it("counts hops, and sets nodes out of reach far away", () => {
  const hops = hopsBetween(neighboursOf(4, [[0, 1], [1, 2]]));
  expect(Array.from(hops.slice(0, 4))).toEqual([0, 1, 2, 4]);
});

it("draws a grid as a grid: links alike in length, level or upright, the root at the upper left", () => {
  const links = gridLinks(4, 5);
  const drawing = stress(20, links, 1.25);
  const lengths = links.map(([a, b]) => far(drawing, a, b));
  expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(1.6);
  const leaning = links.map(([a, b]) => {
    const dx = Math.abs((drawing.x[a] ?? 0) - (drawing.x[b] ?? 0));
    const dy = Math.abs((drawing.y[a] ?? 0) - (drawing.y[b] ?? 0));
    return Math.min(dx, dy) / Math.max(dx, dy);
  });
  expect(Math.max(...leaning)).toBeLessThan(0.3);
  expect(drawing.x[0]).toBeLessThan(0);
  expect(drawing.y[0]).toBeLessThan(0);
});

it("keeps the nodes of a hypercube apart, though many mirror each other", () => {
  const links: [number, number][] = [];
  for (let a = 0; a < 16; a++) for (const bit of [1, 2, 4, 8]) if ((a & bit) === 0) links.push([a, a | bit]);
  const drawing = stress(16, links, 1.5);
  expect(drawing.spacing).toBeGreaterThan(60);
});

it("gives the same drawing for the same network, though it is made by descent", () => {
  const links: [number, number][] = [...treeLinks(binaryParents(20)), [7, 19], [3, 12]];
  expect(stress(20, links, 1.5)).toEqual(stress(20, links, 1.5));
});
