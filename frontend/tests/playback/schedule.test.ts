import { describe, expect, it } from "vitest";
import { scheduleOf, kindOf } from "../../src/playback/schedule";
import { echoOfThree, recorded } from "../fixtures";

describe("a schedule in even hops", () => {
  const schedule = scheduleOf(echoOfThree(), "hops");

  it("lets every message take one unit, whatever it took for real", () => {
    const flights = schedule.messages.map((message) => message.arrives - message.sent);
    expect(flights).toHaveLength(4);
    for (const flight of flights) expect(flight).toBeCloseTo(1, 1);
  });

  it("never lets a message arrive before it was sent, nor an answer leave before the question came", () => {
    const [toA, toB] = schedule.messages.filter((message) => message.kind === "out");
    const back = schedule.messages.filter((message) => message.kind === "back");
    expect(back.find((message) => message.from === 1)?.sent).toBeGreaterThanOrEqual(toA?.arrives ?? Infinity);
    expect(back.find((message) => message.from === 2)?.sent).toBeGreaterThanOrEqual(toB?.arrives ?? Infinity);
  });

  it("takes each node from reached to done, and the root to decided last", () => {
    const of = (node: number) => schedule.changes.filter((change) => change.node === node).map((change) => change.phase);
    expect(of(0)).toEqual(["reached", "decided"]);
    expect(of(1)).toEqual(["reached", "done"]);
    expect(schedule.changes.at(-1)).toMatchObject({ node: 0, phase: "decided" });
  });

  it("numbers the messages in the order in which they leave", () => {
    expect(schedule.messages.map((message) => message.number)).toEqual([1, 2, 3, 4]);
    expect(schedule.messages.every((message, i, all) => i === 0 || message.sent >= (all[i - 1]?.sent ?? 0))).toBe(true);
  });
});

describe("a schedule as measured", () => {
  it("keeps the recorded times, from the first event on", () => {
    const schedule = scheduleOf(echoOfThree(), "measured");
    expect(schedule.length).toBe(1510);
    expect(schedule.messages[0]).toMatchObject({ sent: 10, arrives: 300 });
  });
});

it("shows a message that nobody received as lost", () => {
  const schedule = scheduleOf(
    recorded(["root", "a"], [[0, "start", 0], [1, "send", 0, 1, 1, "echo"], [9_000, "down", 0, 1]]), "hops",
  );
  expect(schedule.messages).toMatchObject([{ lost: true }]);
  expect(schedule.messages[0]?.arrives).toBe((schedule.messages[0]?.sent ?? 0) + 1);
});

it("pairs messages without numbers in the order of their link", () => {
  const schedule = scheduleOf(
    recorded(["root", "a"], [
      [0, "start", 0], [1, "send", 0, 1, undefined, "echo"], [2, "send", 0, 1, undefined, "echo"],
      [5, "receive", 1, 0, undefined, "echo"], [6, "receive", 1, 0, undefined, "echo"],
    ]), "measured",
  );
  expect(schedule.messages.map((message) => message.arrives)).toEqual([5, 6]);
});

it("finds the send of a receive that was recorded at the very same microsecond, in either order", () => {
  const schedule = scheduleOf(
    recorded(["root", "a"], [[3, "receive", 1, 0, 1, "echo"], [3, "send", 0, 1, 1, "echo"]]), "hops",
  );
  expect(schedule.messages).toMatchObject([{ lost: false }]);
});

it("distinguishes the kinds of messages by their frame, and textbook Finn by its algorithm", () => {
  expect(kindOf("echo", "echo")).toBe("out");
  expect(kindOf("echo_back", "echo")).toBe("back");
  expect(kindOf("finn", "finn-lab")).toBe("finn");
  expect(kindOf("wave", "finn-full")).toBe("finn");
  expect(kindOf("wave", "tarry")).toBe("other");
});

it("makes an empty schedule of a wave without events, and does not fail", () => {
  const schedule = scheduleOf(recorded(["root"], []), "hops");
  expect(schedule.messages).toEqual([]);
  expect(schedule.length).toBeGreaterThan(0);
});
