import { expect, it } from "vitest";
import { hasOwnSize, sizeFor } from "../../../../src/pages/lab/actions/shapes";

it("rounds a hypercube to a power of two and lets small shapes not be too small", () => {
  expect([1, 15, 16, 23, 25].map((wish) => sizeFor("hypercube", wish))).toEqual([2, 16, 16, 32, 32]);
  expect(sizeFor("ring", 1)).toBe(3);
  expect(sizeFor("binary", 15)).toBe(15);
});

it("leaves the size of the course's tree to its dice", () => {
  expect(hasOwnSize("course")).toBe(true);
  expect(hasOwnSize("binary")).toBe(false);
});
