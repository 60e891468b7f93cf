import { expect, it } from "vitest";
import { countUntil, nodesAfter, onTheirWay, phasesAfter, sentUntil, stepsUntil } from "../../src/playback/moment";
import { scheduleOf } from "../../src/playback/schedule";
import { echoOfThree } from "../fixtures";

const schedule = scheduleOf(echoOfThree(), "measured");
const phasesAt = (at: number) => phasesAfter(schedule, stepsUntil(schedule, at));
const flying = (at: number, steps = stepsUntil(schedule, at)) => {
  const found: [number, number, number][] = [];
  onTheirWay(schedule, at, steps, (message, part) => found.push([message.from, message.to, part]));
  return found;
};

it("counts the items of a rising list up to a value, that value included", () => {
  const list = [1, 2, 2, 5];
  expect([0, 1, 2, 4, 9].map((at) => countUntil(4, (i) => list[i] ?? 0, at))).toEqual([0, 1, 3, 3, 4]);
});

it("lets the counter climb from none to all messages", () => {
  expect([0, 10, 12, 310, 1510].map((at) => sentUntil(schedule, stepsUntil(schedule, at)))).toEqual([0, 1, 2, 3, 4]);
});

it("has on their way exactly the messages that were sent and have not arrived", () => {
  expect(flying(5)).toEqual([]);
  expect(flying(155)).toEqual([[0, 2, expect.closeTo(143 / 888, 5)], [0, 1, 0.5]]);
  expect(flying(1510)).toEqual([]);
});

it("knows what every node has done at a moment", () => {
  expect(phasesAt(0)).toEqual(["idle", "idle", "idle"]);
  expect(phasesAt(400)).toEqual(["reached", "done", "idle"]);
  expect(phasesAt(1510)).toEqual(["decided", "done", "done"]);
});

it("counts every event as one step, also where several are at one place", () => {
  const hops = scheduleOf(echoOfThree(), "hops");
  const events = echoOfThree().t_us.length;
  expect(hops.steps).toHaveLength(events + 1);
  expect(hops.steps.filter(({ at }) => at === 0).length).toBeGreaterThan(1);
  const counts = Array.from({ length: events + 2 }, (_, steps) => sentUntil(hops, steps));
  expect(counts.every((sent, at) => at === 0 || sent - (counts[at - 1] ?? 0) <= 1)).toBe(true);
  expect(counts.at(-1)).toBe(4);
});

it("shows a message from the step in which it is sent until the one in which it arrives", () => {
  const hops = scheduleOf(echoOfThree(), "hops");
  const [message] = hops.messages;
  if (!message) throw new Error("there are four");
  const seen = (steps: number) => {
    let found = false;
    onTheirWay(hops, hops.steps[steps - 1]?.at ?? 0, steps, (one) => { found ||= one === message; });
    return found;
  };
  expect([message.sentStep, message.sentStep + 1, message.arrivesStep, message.arrivesStep + 1].map(seen)).toEqual([false, true, true, false]);
});

it("knows what every node was: as the wave began, and as it changed", () => {
  const events = echoOfThree();
  events.began.load = [2, 0, 0];
  events.changes = { t_us: [600], node: [2], state: ["dead"], cut: [false], load: [0] };
  const died = scheduleOf(events, "measured");
  const states = (at: number) => nodesAfter(died, stepsUntil(died, at)).map(({ state, load }) => `${state} ${load}`);
  expect(states(599)).toEqual(["up 2", "up 0", "up 0"]);
  expect(states(601)).toEqual(["up 2", "up 0", "dead 0"]);
});
