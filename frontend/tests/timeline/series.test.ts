import { expect, it } from "vitest";
import { niceTop, placeIn, summaryOf, untilNow, WINDOW_S, windowOf } from "../../src/timeline/series";

const history = { time: [100, 101], load: [4, 6], imbalance: [0.5, 0.2], moves: [2, 1] };

it("shows the last minutes up to now", () => {
  expect(windowOf(history, 500)).toEqual([500 - WINDOW_S, 500]);
  expect(placeIn([0, 100], 25)).toBe(0.25);
  expect(placeIn([0, 100], 101)).toBeNull();
});

it("holds the last state until now, but repeats no move", () => {
  expect(untilNow(history, 105)).toEqual({ time: [100, 101, 105], load: [4, 6, 6], imbalance: [0.5, 0.2, 0.2], moves: [2, 1, 0] });
  expect(untilNow(history, 101)).toBe(history);
});

it("describes a chart by three numbers, unknown values left out", () => {
  expect(summaryOf([3, null, 1, 2, null])).toEqual({ last: 2, least: 1, most: 3 });
  expect(summaryOf([null])).toBeNull();
});

it("ends an axis at a round number", () => {
  expect([0, 0.3, 1, 1.1, 4, 18, 60, 999].map(niceTop)).toEqual([1, 1, 1, 2, 5, 20, 100, 1000]);
});
