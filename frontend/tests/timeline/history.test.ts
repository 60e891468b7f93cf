import { expect, it } from "vitest";
import { placeIn, untilNow, WINDOW_S, windowOf } from "../../src/timeline/history";

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
