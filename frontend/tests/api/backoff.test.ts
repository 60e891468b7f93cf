import { expect, it } from "vitest";
import { waitBefore } from "../../src/api/backoff";

it("tries again soon at first, then ever later, never later than five seconds", () => {
  const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => waitBefore(attempt, 1));
  expect(waits.slice(0, 3)).toEqual([250, 500, 1000]);
  expect(waits.at(-1)).toBe(5000);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
});

it("spreads many pages over a quarter of the wait", () => {
  expect(waitBefore(3, 0)).toBe(750);
  expect(waitBefore(3, 0.5)).toBe(875);
});
