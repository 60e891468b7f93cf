import { expect, it } from "vitest";
import { coneOf } from "../../src/spacetime/causality";
import { arrowsBetween, layOut } from "../../src/spacetime/layout";
import { cutLinks, decisionOf, follow, indexOf, onTheirWay, phaseOf } from "../../src/spacetime/moment";
import { Growing, stepsOf } from "../../src/spacetime/steps";
import { readTrace } from "../../src/spacetime/trace-file";
import { scrolledTo, stepAt, xOf, yOf, type Pane } from "../../src/spacetime/view";
import { ECHO_OF_TRIANGLE, fileOf } from "../traces";

const runOf = (lines: typeof ECHO_OF_TRIANGLE) => {
  const recording = readTrace(fileOf(lines))[0]?.recording;
  if (!recording) throw new Error("no wave");
  return stepsOf(recording);
};
const run = runOf(ECHO_OF_TRIANGLE);
const index = indexOf(run);
const ones = (marks: Uint8Array) => [...marks].flatMap((mark, step) => (mark === 1 ? [step] : []));

it("makes a step of what happens to a node and what it does then", () => {
  expect(run.steps.map(({ kind, node, sent, decided }) => [kind, node, sent.length, decided.length])).toEqual([
    ["start", 0, 2, 0], ["receive", 1, 1, 0], ["receive", 2, 1, 0], ["receive", 1, 1, 0], ["receive", 2, 1, 0],
    ["receive", 0, 0, 0], ["receive", 0, 0, 1],
  ]);
  expect(run.flights.map(({ from, to, sentIn, endsIn, lost }) => [from, to, sentIn, endsIn, lost])).toEqual([
    [0, 1, 0, 1, false], [0, 2, 0, 2, false], [1, 2, 1, 4, false], [2, 1, 2, 3, false], [1, 0, 3, 5, false], [2, 0, 4, 6, false],
  ]);
  expect(run.steps.map(({ depth }) => depth)).toEqual([1, 2, 2, 3, 3, 4, 5]);
});

it("gives the answer of a node to the node, where live servers report between each other", () => {
  const mixed = ECHO_OF_TRIANGLE.slice(0, 4).concat([
    { t: 1, node: "b", event: "receive", peer: "a", message_id: "a:1" },
    { t: 1.1, node: "c", event: "receive", peer: "a", message_id: "a:2" },
    { t: 1.2, node: "b", event: "send", peer: "c", message_id: "b:1" },
  ]);
  expect(runOf(mixed).steps.map(({ node, sent }) => [node, sent.length])).toEqual([[0, 2], [1, 1], [2, 0]]);
});

it("tells a message that is lost where it is sent from one that is lost where it would arrive", () => {
  const { steps, flights } = runOf([
    ...ECHO_OF_TRIANGLE.slice(0, 4),
    { t: 0, node: "a", event: "drop", peer: "c", message_id: "a:2", kind: "lost" },
    { t: 1, node: "b", event: "drop", peer: "a", message_id: "a:1", kind: "receiver down" },
  ]);
  expect(steps.map(({ kind }) => kind)).toEqual(["start", "drop"]);
  expect(flights.map(({ sentIn, endsIn, lost }) => [sentIn, endsIn, lost])).toEqual([[0, 1, true], [0, 0, true]]);
});

it("finds a message again that arrives twice", () => {
  const twice = runOf([
    ...ECHO_OF_TRIANGLE.slice(0, 4),
    { t: 1, node: "b", event: "receive", peer: "a", message_id: "a:1" },
    { t: 2, node: "b", event: "receive", peer: "a", message_id: "a:1" },
  ]);
  expect(twice.steps.map(({ arrived }) => arrived)).toEqual([-1, 0, 0]);
  expect(twice.flights[0]?.endsIn).toBe(1);
});

it("knows what led to a step, and what it led to", () => {
  const { past, future } = coneOf(run, 3);
  expect(ones(past)).toEqual([0, 1, 2, 3]);
  expect(ones(future)).toEqual([3, 5, 6]);
  expect(ones(coneOf(run, 4).past)).toEqual([0, 1, 2, 4]);
});

it("knows how it stands after each step", () => {
  expect([0, 1, 2].map((node) => phaseOf(index, node, 1))).toEqual(["awake", "awake", "asleep"]);
  expect(phaseOf(index, 0, 6)).toBe("decided");
  expect([...index.wokenBy]).toEqual([-1, 0, 0]);
  expect(decisionOf(index, 0, 5)).toBeNull();
  expect(decisionOf(index, 0, 6)).toEqual({ value: 3 });
  expect(onTheirWay(index, 2, 10)).toEqual([2, 3]);
  expect(onTheirWay(index, 2, 1)).toEqual([2]);
  expect(onTheirWay(index, 6, 10)).toEqual([]);
  expect(index.meters.map(({ messages, decisions }) => [messages, decisions])).toEqual([[2, 0], [3, 0], [4, 0], [5, 0], [6, 0], [6, 0], [6, 1]]);
});

it("knows which nodes are down and which links are cut", () => {
  const faults = indexOf(runOf([
    ...ECHO_OF_TRIANGLE.slice(0, 4),
    { t: 1, node: "b", event: "crash" },
    { t: 2, node: "a", event: "cut", peer: "c" },
    { t: 3, node: "b", event: "restart" },
    { t: 4, node: "a", event: "mend", peer: "c" },
  ]));
  expect([0, 1, 2, 3].map((step) => phaseOf(faults, 1, step))).toEqual(["asleep", "down", "down", "asleep"]);
  expect([1, 2, 3, 4].map((step) => [...cutLinks(faults, step)])).toEqual([[], ["0-2"], ["0-2"], []]);
});

it("has a column for each causal depth, or for the time", () => {
  expect([...layOut(index, "depth", "network").x]).toEqual([0, 1, 1, 2, 2, 3, 4]);
  const byTime = layOut(index, "time", "network");
  expect(byTime.x.map((x) => Math.round(x * byTime.scale))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([...layOut(index, "time", "network", new Set([2, 0])).laneOf]).toEqual([0, -1, 1]);
});

it("looks only at messages that are seen", () => {
  const layout = layOut(index, "time", "network");
  expect([...arrowsBetween(run, layout, 4.5, 9)]).toEqual([4, 5]);
  expect([...arrowsBetween(run, layout, -1, 0.5)]).toEqual([0, 1]);
});

it("finds a step under the pointer, and scrolls to one that is not seen", () => {
  const layout = layOut(index, "depth", "network");
  const pane: Pane = { width: 300, height: 120, left: 0, top: 0, column: 30, lane: 26, names: 100 };
  const [x, y] = [xOf(pane, layout.x[3] ?? 0), yOf(pane, 1)];
  expect(stepAt(run, layout, pane, x + 4, y - 4)).toBe(3);
  expect(stepAt(run, layout, pane, x + 15, y)).toBeNull();
  expect(scrolledTo(layout, pane, 3, 1)).toEqual({ left: 0, top: 0 });
  expect(scrolledTo(layout, { ...pane, left: 400 }, 3, 1).left).toBeLessThan(xOf({ ...pane, left: 0 }, 2));
});

it("a run that goes on is the same as one that is read whole, wherever it is cut", () => {
  const recording = readTrace(fileOf(ECHO_OF_TRIANGLE))[0]?.recording;
  if (!recording) throw new Error("no wave");
  const { lines } = recording;
  for (let cut = 0; cut <= lines.length; cut++) {
    const growing = new Growing({ ...recording, lines: lines.slice(0, cut) });
    const before = indexOf(growing.run());
    const from = growing.add(lines.slice(cut));
    expect(follow(before, growing.run(), from)).toEqual(index);
  }
});
