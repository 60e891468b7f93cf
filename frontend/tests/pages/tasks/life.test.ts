import { expect, test } from "vitest";
import { lanesOf, lifeOf } from "../../../src/pages/tasks/life";

const HISTORY = [
  { time: 1, node: null, what: "pending" },
  { time: 2, node: "a", what: "assigned" },
  { time: 3, node: "a", what: "priority high" },
  { time: 4, node: "a", what: "moving to b" },
  { time: 5, node: "b", what: "assigned" },
  { time: 6, node: "b", what: "running" },
];

test("a life is stretches on nodes, the last one until it is over, or now", () => {
  const stretches = lifeOf(HISTORY, 9);
  expect(stretches.map(({ node, phase, from, until }) => [node, phase, from, until])).toEqual([
    [null, "waiting", 1, 2], ["a", "waiting", 2, 4], ["a", "moving", 4, 5], ["b", "waiting", 5, 6], ["b", "running", 6, 9],
  ]);
  expect(lanesOf(stretches)).toEqual([null, "a", "b"]);
  expect(lifeOf([...HISTORY, { time: 8, node: "b", what: "failed: error" }], 99).at(-1)?.until).toBe(8);
  expect(lifeOf([], 9)).toEqual([]);
});
