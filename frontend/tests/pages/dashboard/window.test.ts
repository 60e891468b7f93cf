import { expect, it } from "vitest";
import { askEveryMs, isLive, LEAST_SPAN_S, shifted, spanOf, windowOf } from "../../../src/pages/dashboard/window";

const live = { range: "5m", since: null, until: null, paused: null } as const;

it("follows the lab", () => {
  expect(windowOf(live, 1_000, 0)).toEqual([700, 1_000]);
  expect(windowOf({ ...live, range: "all" }, 1_000, 100)).toEqual([100, 1_000]);
  expect(isLive(live)).toBe(true);
});

it("stays where it was paused or zoomed to", () => {
  expect(windowOf({ ...live, paused: 600 }, 1_000, 0)).toEqual([300, 600]);
  expect(windowOf({ ...live, since: 10, until: 50 }, 1_000, 0)).toEqual([10, 50]);
  expect(isLive({ ...live, paused: 600 })).toBe(false);
});

it("never shows less than can be seen, whatever an address says", () => {
  expect(windowOf({ ...live, since: 50, until: 10 }, 1_000, 0)).toEqual([0, 10]);
  expect(windowOf({ ...live, since: 50, until: 52 }, 1_000, 0)).toEqual([50, 50 + LEAST_SPAN_S]);
});

it("zooms to whole seconds, not into the future", () => {
  expect(spanOf(100.4, 160.2, 1_000)).toEqual({ since: 100, until: 161 });
  expect(spanOf(100, 101, 1_000)).toEqual({ since: 95, until: 106 });
  expect(spanOf(900, 2_000, 1_000)).toEqual({ since: 900, until: 1_000 });
});

it("goes half a span back or on, not past now", () => {
  expect(shifted([100, 200], -1, 1_000)).toEqual({ since: 50, until: 150 });
  expect(shifted([880, 980], 1, 1_000)).toEqual({ since: 900, until: 1_000 });
});

it("asks as often as a chart would change", () => {
  expect([60, 300, 3_600, 86_400].map((spanS) => askEveryMs(spanS))).toEqual([1_000, 1_000, 10_000, 60_000]);
  expect([15, 1_000].map((nodes) => askEveryMs(60, nodes))).toEqual([2_000, 5_000]);
});
