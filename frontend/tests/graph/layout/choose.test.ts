import { expect, it } from "vitest";
import { draw, nearestAspect } from "../../../src/graph/layout/choose";
import { binaryParents, gridLinks, ringLinks, treeLinks } from "../../fixtures";

const kindOf = (n: number, links: [number, number][]) => draw({ parents: binaryParents(n), links }, 1.5).kind;

it("chooses rows for a tree, circles for very many nodes, a circle for a ring, distances for the rest", () => {
  expect(kindOf(31, treeLinks(binaryParents(31)))).toBe("tidy");
  expect(kindOf(1000, treeLinks(binaryParents(1000)))).toBe("radial");
  expect(kindOf(12, ringLinks(12))).toBe("circle");
  expect(kindOf(12, gridLinks(3, 4))).toBe("stress");
  expect(kindOf(400, gridLinks(20, 20))).toBe("radial");
});

it("answers a few pixels more or less with the same aspect", () => {
  expect(nearestAspect(700, 400)).toBe(nearestAspect(712, 400));
  expect(nearestAspect(700, 400)).not.toBe(nearestAspect(400, 700));
  expect(nearestAspect(390, 380)).toBeCloseTo(1, 1);
  expect(Number.isFinite(nearestAspect(0, 0))).toBe(true);
});
