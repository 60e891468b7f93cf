import { beforeEach, expect, it } from "vitest";
import type { Figure } from "../../../src/api/types";
import { formatIn } from "../../../src/i18n/format";
import { columnsOf, intervalText, isClear, numberText, placeIn, spanOf } from "../../../src/pages/experiments/figures";

beforeEach(() => { formatIn("en"); });

const figure = (mean: number, low: number | null = null, high: number | null = null): Figure =>
  ({ runs: 3, not_ok: 0, mean, low, high, median: mean, least: mean, most: mean });

it.each([
  [null, "–"], [0, "0"], [16, "16"], [3.14159, "3.142"], [0.0123456, "0.01235"], [-12.345, "-12.35"], [123456.7, "123\u202f457"],
])("writes %s with the digits that mean something", (value, text) => {
  expect(numberText(value)).toBe(text);
});

it("writes numbers as the language does", () => {
  formatIn("ru");
  expect(intervalText(1.5, { low: 1.25, high: 2 })).toBe("1,5 [1,25; 2]");
});

it("writes an interval only where there is one", () => {
  expect(intervalText(16, { low: 16, high: 16 })).toBe("16");
  expect(intervalText(16, { low: null, high: null })).toBe("16");
});

it("calls a difference clear whose interval excludes 0", () => {
  expect([isClear({ low: 1, high: 2 }), isClear({ low: -2, high: -1 }), isClear({ low: -1, high: 1 }), isClear({ low: null, high: null })])
    .toEqual([true, true, false, false]);
});

it("has a column for each factor in which cases differ, and one where there is a single case", () => {
  const cases = [{ case: { topology: "a", policy: "x", delay: "1" } }, { case: { topology: "b", policy: "y", delay: "1" } }];
  expect(columnsOf(cases)).toEqual(["topology", "policy"]);
  expect(columnsOf(cases.slice(0, 1))).toEqual(["topology"]);
});

it("puts intervals on one scale", () => {
  expect(spanOf([null, figure(5, 2, 9), figure(12)])).toEqual([2, 12]);
  expect(spanOf([null])).toBe(null);
  expect([placeIn([2, 12], 2), placeIn([2, 12], 7), placeIn([3, 3], 3)]).toEqual([0, 0.5, 0.5]);
});
