import "../browser";
import { expect, it } from "vitest";
import { isDue } from "../../src/state/polled";

it("asks again when something has changed, or after its time", () => {
  expect(isDue(true, false, 0, 60_000)).toBe(true);
  expect(isDue(false, false, 59_000, 60_000)).toBe(false);
  expect(isDue(false, false, 60_000, 60_000)).toBe(true);
});

it("asks once where nothing changes by itself, but again after a failure", () => {
  expect(isDue(false, false, 1e9, Infinity)).toBe(false);
  expect(isDue(false, true, 1_000, Infinity)).toBe(false);
  expect(isDue(false, true, 5_000, Infinity)).toBe(true);
});

it("asks no later after a failure than it would have without", () => {
  expect(isDue(false, true, 1_000, 1_000)).toBe(true);
});
