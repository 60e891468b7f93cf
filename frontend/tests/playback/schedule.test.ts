import { describe, expect, it } from "vitest";
import { kindOf } from "../../src/playback/messages";
import { scheduleOf } from "../../src/playback/schedule";
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
    expect(phasesOf(schedule, 0)).toEqual(["reached", "decided"]);
    expect(phasesOf(schedule, 1)).toEqual(["reached", "done"]);
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

const phasesOf = (schedule: ReturnType<typeof scheduleOf>, node: number) =>
  schedule.changes.filter((change) => change.node === node).map(({ phase }) => phase);

describe("a wave that did not come back", () => {
  // b was reached and died before it answered: nobody has seen it done.
  const lost = () => {
    const events = recorded(
      ["root", "a", "b"],
      [
        [0, "start", 0], [10, "send", 0, 1, 1, "echo"], [12, "send", 0, 2, 2, "echo"],
        [300, "receive", 1, 0, 1, "echo"], [310, "send", 1, 0, 1, "echo_back"],
        [400, "receive", 2, 0, 2, "echo"], [500, "receive", 0, 1, 1, "echo_back"], [900, "down", 0, 2], [1510, "decide", 0],
      ],
      { state: "incomplete", missing: ["b"] },
    );
    events.changes = { t_us: [450], node: [2], state: ["dead"], cut: [false], load: [0] };
    return events;
  };

  it.each(["hops", "measured"] as const)("says who is missing at its end, and calls nobody done who has not answered (%s)", (pace) => {
    const schedule = scheduleOf(lost(), pace);
    expect(phasesOf(schedule, 1)).toEqual(["reached", "done"]);
    expect(phasesOf(schedule, 2)).toEqual(["reached", "missing"]);
    expect(schedule.changes.at(-1)).toMatchObject({ node: 2, phase: "missing", step: schedule.steps.length });
    expect(schedule.steps.at(-1)?.kind).toBe("end");
  });

  it.each(["hops", "measured"] as const)("has a node die after what it did before, and before what others did later (%s)", (pace) => {
    const { steps } = scheduleOf(lost(), pace);
    const at = (kind: string, node: number) => steps.findIndex((step) => step.kind === kind && step.node === node);
    expect(at("receive", 2)).toBeLessThan(at("node", 2));
    expect(at("node", 2)).toBeLessThan(at("decide", 0));
  });
});

it("draws what somebody else's node sent, which only its arrival tells, and calls nothing lost that it got", () => {
  const events = recorded(
    ["root", "guest"],
    [[0, "start", 0], [10, "send", 0, 1, 1, "echo"], [90, "receive", 0, 1, 7, "echo_back"], [95, "decide", 0]],
  );
  events.began.state = ["up", "foreign"];
  const schedule = scheduleOf(events, "hops");
  expect(schedule.messages.map(({ from, lost }) => [from, lost])).toEqual([[0, false], [1, false]]);
  expect(phasesOf(schedule, 1)).toEqual(["reached", "done"]);
});

it("has a message that came too late arrive all the same", () => {
  const rows = recorded(["root", "a"], [[0, "send", 0, 1, 1, "wave"], [5, "receive", 1, 0, 1, "wave"]]);
  rows.event = ["send", "late"];
  expect(scheduleOf(rows, "hops").messages).toMatchObject([{ lost: false }]);
});

/** For a machine that has other things to do. */
const PATIENCE_MS = 120_000;

it("takes a wave of 160,000 events, and has each of them as a step", () => {
  const many = 80_000;
  const events = recorded(
    ["root", "a"],
    Array.from({ length: many }, (_, at) => [
      [2 * at, "send", 0, 1, at, "wave"] as const, [2 * at + 1, "receive", 1, 0, at, "wave"] as const,
    ]).flat().map((row) => [...row]),
  );
  const schedule = scheduleOf(events, "hops");
  expect(schedule.steps).toHaveLength(2 * many + 1);
  expect(schedule.messages.every(({ lost }) => !lost)).toBe(true);
}, PATIENCE_MS);

it("shows of a wave that still runs what is known, with messages under way and no end", () => {
  const schedule = scheduleOf(
    recorded(["root", "a"], [[0, "start", 0], [100, "send", 0, 1, 1, "echo"]], { state: "running" }), "measured",
  );
  expect(schedule.messages).toMatchObject([{ lost: false, arrivesStep: Infinity }]);
  expect(schedule.messages[0]?.arrives).toBeGreaterThan(schedule.length);
  expect(schedule.steps.at(-1)?.kind).toBe("send");
});
