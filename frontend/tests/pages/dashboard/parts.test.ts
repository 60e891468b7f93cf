import { expect, it } from "vitest";
import { CHART_IDS, CHARTS } from "../../../src/pages/dashboard/charts";
import { formatOf, number, scaled } from "../../../src/pages/dashboard/format";
import { tasksLink } from "../../../src/pages/dashboard/links";
import { linesOf, rowsOf } from "../../../src/pages/dashboard/rows";
import { NO_FILTERS } from "../../../src/pages/dashboard/state";
import { ordered, STATUSES, sumOf, waitingIn } from "../../../src/pages/dashboard/statuses";

const counts = (changes: Partial<Record<(typeof STATUSES)[number], number>>) =>
  ({ pending: 0, assigned: 0, moving: 0, running: 0, completed: 0, failed: 0, cancelled: 0, ...changes });

it("has a row for every chart but the heat map", () => {
  expect(new Set(CHARTS.map(({ id }) => id)).size + 1).toBe(CHART_IDS.length);
});

it("tells the lines of a chart by more than their colour", () => {
  for (const { lines } of CHARTS) expect(new Set(lines.map(({ dash }) => JSON.stringify(dash))).size).toBe(lines.length);
});

it("draws of some nodes what is kept of nodes, and leaves out what is not known", () => {
  const requests = CHARTS.find(({ id }) => id === "requests");
  const rates = CHARTS.find(({ id }) => id === "rates");
  if (!requests || !rates) throw new Error("these charts are gone");
  const known = (series: Record<string, number[]>, spec = requests) => linesOf(rowsOf(spec, series), series).map(({ spec: { series: name } }) => name);
  expect(known({ running: [1], assigned: [1], pending: [1], moving: [1], load: [2] })).toEqual(["running", "assigned", "pending", "moving"]);
  expect(known({ running: [1], load: [2], out: [3] })).toEqual(["running", "load"]);
  expect(known({ running: [1], load: [2], out: [3] }, rates)).toEqual(["out"]);
  expect(known({})).toEqual([]);
});

it("leads to the tasks that the filters leave, narrowed by what was pressed", () => {
  expect(tasksLink(NO_FILTERS, {})).toBe("/tasks");
  expect(tasksLink({ ...NO_FILTERS, node: ["a", "b"], priority: ["low"] }, { status: "failed", priority: ["high"], since: 5.25, until: 6 }))
    .toBe("/tasks?status=failed&node=a%2Cb&priority=high&since=5.25&until=6");
  expect(tasksLink(NO_FILTERS, { category: [""] })).toBe("/tasks?category=%7E");
});

it("adds tasks up, and puts the largest groups first", () => {
  expect(sumOf(counts({ pending: 1, completed: 4 }))).toBe(5);
  expect(waitingIn(counts({ pending: 1, assigned: 2, running: 9 }))).toBe(3);
  expect(ordered({ b: counts({ running: 1 }), none: counts({}), a: counts({ running: 1 }), c: counts({ failed: 2 }) }).map(([name]) => name)).toEqual(["c", "a", "b"]);
});

it("writes numbers with no more digits than mean something, and a CSV in the unit that it names", () => {
  expect([3, 0.126, 12.34, 512.7, 12_345].map(number)).toEqual(["3", "0.13", "12.3", "513", "12\u202f345"]);
  expect([formatOf("share")(0.3333), formatOf("bytes")(42_345_678), formatOf("nodes")(5)]).toEqual(["33.3", "42.3", "5"]);
  expect(scaled("share", [0.1234, null])).toEqual([12.34, null]);
  expect(scaled("nodes", [7])).toEqual([7]);
});
