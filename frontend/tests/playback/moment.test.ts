import { expect, it } from "vitest";
import { countUntil, nextMoment, onTheirWay, phasesAt, sentUntil } from "../../src/playback/moment";
import { scheduleOf } from "../../src/playback/schedule";
import { echoOfThree } from "../fixtures";

const schedule = scheduleOf(echoOfThree(), "measured");
const flying = (at: number) => {
  const found: [number, number, number][] = [];
  onTheirWay(schedule, at, (message, part) => found.push([message.from, message.to, part]));
  return found;
};

it("counts the items of a rising list up to a value, that value included", () => {
  const list = [1, 2, 2, 5];
  expect([0, 1, 2, 4, 9].map((at) => countUntil(4, (i) => list[i] ?? 0, at))).toEqual([0, 1, 3, 3, 4]);
});

it("lets the counter climb from none to all messages", () => {
  expect([0, 10, 12, 310, 1510].map((at) => sentUntil(schedule, at))).toEqual([0, 1, 2, 3, 4]);
});

it("has on their way exactly the messages that were sent and have not arrived", () => {
  expect(flying(5)).toEqual([]);
  expect(flying(155)).toEqual([[0, 2, expect.closeTo(143 / 888, 5)], [0, 1, 0.5]]);
  expect(flying(1510)).toEqual([]);
});

it("knows what every node has done at a moment", () => {
  expect(phasesAt(schedule, 0)).toEqual(["reached", "idle", "idle"]);
  expect(phasesAt(schedule, 400)).toEqual(["reached", "done", "idle"]);
  expect(phasesAt(schedule, 1510)).toEqual(["decided", "done", "done"]);
});

it("steps from moment to moment, both ways, and stops at the ends", () => {
  expect(nextMoment(schedule, 0, 1)).toBe(300);
  expect(nextMoment(schedule, 300, 1)).toBe(500);
  expect(nextMoment(schedule, 500, -1)).toBe(300);
  expect(nextMoment(schedule, 0, -1)).toBe(0);
  expect(nextMoment(schedule, schedule.length, 1)).toBe(schedule.length);
});
