import { expect, it } from "vitest";
import type { NodeHistory, SeriesHistory } from "../../../src/api/types";
import { Follower, nodesWith, seriesWith } from "../../../src/pages/dashboard/follow";

const series = (since: number, time: number[], cursor: number, step_s = 1): SeriesHistory => ({
  since, until: since + 10, step_s, cursor, time, counted_since: (time[0] ?? 0) - 0.5, counted_until: time.map((one) => one + 0.5),
  series: { load: time.map((one) => one * 10) },
});
const nodes = (since: number, time: number[], cursor: number, names = ["a", "b"]): NodeHistory => ({
  measure: "load", unit: "cores", since, until: since + 10, step_s: 1, cursor, time, nodes: names, values: names.map(() => time),
});

it("puts what is newer behind what was there, the last step told again, and lets go what the span has left", () => {
  const found = seriesWith(series(0, [0, 1, 2, 3], 4), { ...series(2, [3, 4], 5), series: { load: [31, 40] } });
  expect(found).toEqual({
    since: 2, until: 12, step_s: 1, cursor: 5, time: [2, 3, 4], counted_since: 1.5, counted_until: [2.5, 3.5, 4.5], series: { load: [20, 31, 40] },
  });
  expect(nodesWith(nodes(0, [0, 1, 2], 3), nodes(1, [2, 3], 4))).toMatchObject({ time: [1, 2, 3], values: [[1, 2, 3], [1, 2, 3]], cursor: 4 });
});

it("keeps all that is still in the span where nothing is new", () => {
  expect(seriesWith(series(0, [0, 1, 2], 3), series(1, [], 3))?.time).toEqual([1, 2]);
  expect(seriesWith(series(0, [0, 1, 2], 3), series(9, [], 3))?.time).toEqual([]);
});

it("takes longer steps, other series, other nodes and a lab that was started again for no continuation", () => {
  expect(seriesWith(series(0, [0], 3), series(0, [0], 4, 10))).toBeNull();
  expect(seriesWith(series(0, [0], 3), { ...series(0, [0], 4), series: { load: [1], "in.high": [1] } })).toBeNull();
  expect(seriesWith(series(0, [0], 3), { ...series(0, [0], 4), series: { out: [1] } })).toBeNull();
  expect(seriesWith(series(0, [0], 3), series(0, [], 1))).toBeNull();
  expect(nodesWith(nodes(0, [0], 3), nodes(0, [0], 4, ["a", "c"]))).toBeNull();
});

it("asks for all once, then for what is new, and for all again where that does not fit", async () => {
  const follower = new Follower(seriesWith);
  const asked: (number | undefined)[] = [];
  const answers = [series(0, [0, 1], 2), series(0, [1, 2], 3), series(0, [0], 4, 10), series(0, [0], 4, 10)];
  const ask = (after?: { after: number }) => {
    asked.push(after?.after);
    return Promise.resolve(answers[asked.length - 1] ?? series(0, [], 9));
  };
  await follower.follow("k", ask);
  expect((await follower.follow("k", ask)).time).toEqual([0, 1, 2]);
  expect((await follower.follow("k", ask)).step_s).toBe(10);
  expect(asked).toEqual([undefined, 2, 3, undefined]);
});
