import { expect, it } from "vitest";
import { zoomed } from "../../src/charts/pointing";

it("zooms around a time, which stays where it is", () => {
  expect(zoomed([0, 100], 25, 0.5)).toEqual([12.5, 62.5]);
  expect(zoomed([0, 100], 50, 2)).toEqual([-50, 150]);
});
