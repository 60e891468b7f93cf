import { expect, test } from "vitest";
import { numberIn, wordsIn } from "../../src/tasks/written";

test("a number is read with a point or a comma, and nobody guesses at thousands", () => {
  expect(numberIn(" 2.5 ")).toBe(2.5);
  expect(numberIn("2,5")).toBe(2.5);
  expect(numberIn("0,125")).toBe(0.125);
  expect(numberIn("1,000")).toBe("1,000");
  expect(numberIn("")).toBe("");
  expect(numberIn("1e999")).toBe("1e999");
  expect(numberIn("two")).toBe("two");
});

test("words are what stands between commas", () => {
  expect(wordsIn(" gpu,, big memory ,")).toEqual(["gpu", "big memory"]);
  expect(wordsIn("")).toEqual([]);
});
