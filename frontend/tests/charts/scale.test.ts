import { expect, it } from "vitest";
import { axisNumber, axisTime, indexBefore, niceTop, summaryOf } from "../../src/charts/scale";

it("describes a chart by three numbers, unknown values left out", () => {
  expect(summaryOf([3, null, 1, 2, null])).toEqual({ last: 2, least: 1, most: 3 });
  expect(summaryOf([null])).toBeNull();
});

it("ends an axis at a round number", () => {
  expect([0, 0.3, 1, 1.1, 4, 18, 60, 999].map((most) => niceTop(most))).toEqual([1, 1, 1, 2, 5, 20, 100, 1000]);
  expect([0, 0.03, 0.3].map((most) => niceTop(most, 0.1))).toEqual([0.1, 0.1, 0.5]);
});

it("writes a time as long as the span needs it", () => {
  const moment = new Date(2026, 10, 27, 14, 3, 9).getTime() / 1000;
  expect([60, 3_600, 200_000].map((spanS) => axisTime(moment, spanS))).toEqual(["14:03:09", "14:03", "11-27 14:03"]);
});

it("writes a number in few characters", () => {
  expect([0, 0.5, 12, 9_999, 30_000, 2_500_000, 3e9].map(axisNumber)).toEqual(["0", "0.5", "12", "10000", "30k", "2.5M", "3G"]);
});

it("finds the last time that is not later", () => {
  expect([9, 10, 11, 19, 30, 40].map((wanted) => indexBefore([10, 20, 30], wanted))).toEqual([-1, 0, 0, 0, 2, 2]);
  expect(indexBefore([], 5)).toBe(-1);
});
