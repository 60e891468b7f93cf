import { expect, it } from "vitest";
import { choicesWith } from "../../../../src/pages/lab/actions/link-delays";

it("offers a few delays", () => {
  expect(choicesWith(300)).toEqual([0, 100, 300, 1000]);
});

it("offers the one that holds, too", () => {
  expect(choicesWith(250)).toEqual([0, 100, 250, 300, 1000]);
  expect(choicesWith(10_000).at(-1)).toBe(10_000);
});
