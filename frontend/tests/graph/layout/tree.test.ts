import { expect, it } from "vitest";
import { radialTree, tidyTree } from "../../../src/graph/layout/tree";
import { binaryParents } from "../../fixtures";

const at = (values: Float64Array, node: number) => values[node] ?? Number.NaN;

it("puts every level of a tree in one row, children below parents", () => {
  const { x, y } = tidyTree(binaryParents(15), 1.6);
  expect(new Set(y).size).toBe(4);
  expect(at(y, 3)).toBeGreaterThan(at(y, 1));
  expect(at(x, 0)).toBeCloseTo(0);
});

it("draws no crossing: the children of nodes in a row keep the order of their parents", () => {
  const { x, y } = tidyTree([-1, 0, 0, 0, 1, 1, 3, 3, 3, 5], 1.6);
  const parents = [-1, 0, 0, 0, 1, 1, 3, 3, 3, 5];
  for (let a = 1; a < 10; a++) {
    for (let b = 1; b < 10; b++) {
      if (at(y, a) !== at(y, b) || parents[a] === parents[b]) continue;
      const parentOrder = at(x, parents[a] ?? 0) - at(x, parents[b] ?? 0);
      expect(Math.sign(at(x, a) - at(x, b))).toBe(Math.sign(parentOrder));
    }
  }
});

it("gives the same drawing for the same tree", () => {
  expect(tidyTree(binaryParents(31), 1.6)).toEqual(tidyTree(binaryParents(31), 1.6));
});

it("grows to the right in a tall pane", () => {
  const tall = tidyTree(binaryParents(15), 0.6);
  expect(tall.sideways).toBe(true);
  expect(new Set(tall.x).size).toBe(4);
});

it("lays a path down in a wide pane", () => {
  const { y, width } = tidyTree([-1, 0, 1, 2, 3, 4, 5, 6], 1.8);
  expect(new Set(y).size).toBe(1);
  expect(width).toBeGreaterThan(1000);
});

it("draws one node alone in the middle", () => {
  const { x, y, spacing } = tidyTree([-1], 1.6);
  expect([at(x, 0), at(y, 0)]).toEqual([0, 0]);
  expect(spacing).toBeGreaterThan(0);
});

it("draws a thousand nodes on circles around the root, none on top of another", () => {
  const { x, y, spacing, kind } = radialTree(binaryParents(1000), 1.5);
  expect(kind).toBe("radial");
  expect(spacing).toBeGreaterThan(0);
  const places = new Set(Array.from(x, (value, node) => `${value.toFixed(2)} ${at(y, node).toFixed(2)}`));
  expect(places.size).toBe(1000);
});
