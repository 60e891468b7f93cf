import { expect, it } from "vitest";
import { conditionOf, markOf, pathOf, POLYGONS, type Condition } from "../../src/theme/marks";

it("calls a node overloaded from max_cpu percent of its cpu on, and not before", () => {
  expect(conditionOf("up", 2, 4, 75)).toBe("up");
  expect(conditionOf("up", 3, 4, 75)).toBe("overloaded");
  expect(conditionOf("foreign", 9, 4, 75)).toBe("overloaded");
  expect(conditionOf("up", 0, 4, 0)).toBe("up");
});

it("calls a node that is down by its state, however much it has to do", () => {
  for (const state of ["dead", "failed", "stopped", "starting"] as const) expect(conditionOf(state, 99, 4, 75)).toBe(state);
});

it("calls a node that is to leave by that, however much it has to do, but not one that is down", () => {
  expect(conditionOf("up", 9, 4, 75, true)).toBe("leaving");
  expect(conditionOf("foreign", 0, 4, 75, true)).toBe("leaving");
  expect(conditionOf("dead", 9, 4, 75, true)).toBe("dead");
});

it("gives every condition a shape of its own", () => {
  const all: Condition[] = ["up", "overloaded", "starting", "stopped", "dead", "failed", "foreign", "leaving"];
  expect(new Set(all.map(markOf)).size).toBe(all.length);
});

it("writes one closed path for each polygon of a mark", () => {
  expect(pathOf("bars").match(/Z/g)).toHaveLength(POLYGONS.bars.length);
  expect(pathOf("diamond")).toMatch(/^M1\.250 0\.000L/);
});
