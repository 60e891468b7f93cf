import "../../browser";
import { expect, it } from "vitest";
import { causers, choose, chosenFor, layOutChosen, moved, orderOf, showAll, toggled, useLanes } from "../../../src/pages/laboratory/lanes/lanes";
import { withoutPart } from "../../../src/pages/laboratory/lessons/lesson";
import { coneOf } from "../../../src/spacetime/causality";
import { laneCount, nodesOn } from "../../../src/spacetime/layout";
import { indexOf } from "../../../src/spacetime/moment";
import { stepsOf } from "../../../src/spacetime/steps";
import { readTrace } from "../../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

const [wave] = readTrace(fileOf(ECHO_OF_TRIANGLE));
if (!wave) throw new Error("no wave");
const run = stepsOf(wave.recording);
const index = indexOf(run);
const { network } = wave.recording;
const laid = (causing: ReadonlySet<number> | null = null) => layOutChosen(index, "depth", "network", chosenFor(useLanes.getState(), network), causing);

it("has a lane for each node, and moves one into the place of another", () => {
  showAll();
  expect([laid().lanes, laneCount(laid())]).toEqual([[0, 1, 2], 3]);
  choose(network, { order: moved(orderOf(index, "network", useLanes.getState()), 2, 0) });
  expect(laid().lanes).toEqual([2, 0, 1]);
  expect(moved([2, 0, 1], 2, 0)).toEqual([0, 2, 1]);
});

it("puts the nodes that are collapsed, or not looked for, into one lane below", () => {
  showAll();
  choose(network, { collapsed: toggled(new Set(), 1) });
  expect([laid().lanes, laid().together, [...laid().laneOf], laneCount(laid())]).toEqual([[0, 2], [1], [0, 2, 1], 3]);
  expect([nodesOn(laid(), 1), nodesOn(laid(), 2), nodesOn(laid(), 3)]).toEqual([[2], [1], []]);
  choose(network, { search: "A" });
  expect([laid().lanes, laid().together]).toEqual([[0], [1, 2]]);
  expect([...toggled(new Set([1]), 1)]).toEqual([]);
});

it("leaves lanes to those that led to a step", () => {
  showAll();
  expect([...causers(run, coneOf(run, 1))].sort()).toEqual([0, 1]);
  expect(laid(causers(run, coneOf(run, 1))).together).toEqual([2]);
});

it("has all lanes again for another network", () => {
  choose(network, { search: "b" });
  const other = { ...network };
  expect(chosenFor(useLanes.getState(), other)).toMatchObject({ search: "", order: null });
});

it("leaves lanes to whoever has a part in a break, and to whoever is missing there", () => {
  const steps = run.steps.map((step, at) => ({ ...step, line: { ...step.line, position: at + 1 } }));
  const told = { ...run, steps };
  expect([...withoutPart({ past: [1], node: "b", missing: [] }, told)]).toEqual([2]);
  expect([...withoutPart({ past: [1], node: "b", missing: ["c"] }, told)]).toEqual([]);
  expect([...withoutPart({ past: [], node: "", missing: [] }, told)]).toEqual([0, 1, 2]);
});
