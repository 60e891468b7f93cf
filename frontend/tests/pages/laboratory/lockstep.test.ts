import "../../browser";
import { expect, it } from "vitest";
import { keepingPace } from "../../../src/pages/laboratory/lockstep/pace";
import { setSecond, showSecond, useSecond } from "../../../src/pages/laboratory/lockstep/second";
import { close, open } from "../../../src/pages/laboratory/store";
import { stepsOf } from "../../../src/spacetime/steps";
import { readTrace } from "../../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

const read = (lines: typeof ECHO_OF_TRIANGLE) => {
  const [wave] = readTrace(fileOf(lines));
  if (!wave) throw new Error("no wave");
  return wave.recording;
};
const recording = read(ECHO_OF_TRIANGLE);
const first = stepsOf(recording);
/** The same run, twice as slow, and begun later. */
const slow = stepsOf(read(ECHO_OF_TRIANGLE.map((line) => ({ ...line, t: 10 + 2 * line.t }))));
/** Its first three steps. */
const short = stepsOf(read(ECHO_OF_TRIANGLE.slice(0, 9)));

it("keeps pace by time since the first step", () => {
  expect(first.steps.map((_, at) => keepingPace(first, slow, at, "time"))).toEqual([0, 0, 1, 1, 2, 2, 3]);
  expect(first.steps.map((_, at) => keepingPace(first, short, at, "time"))).toEqual([0, 1, 2, 2, 2, 2, 2]);
});

it("keeps pace by steps, up to the end", () => {
  expect(first.steps.map((_, at) => keepingPace(first, short, at, "steps"))).toEqual([0, 1, 2, 2, 2, 2, 2]);
});

it("keeps pace by the share of the run, so that both are over together", () => {
  expect(first.steps.map((_, at) => keepingPace(first, short, at, "share"))).toEqual([0, 0, 1, 1, 1, 2, 2]);
  expect(keepingPace(stepsOf({ ...recording, lines: [] }), short, 0, "share")).toBe(0);
});

it("forgets the second run with the first", () => {
  close();
  open("run.jsonl", [{ id: "1", recording }]);
  setSecond(true);
  showSecond(recording);
  expect(useSecond.getState().shown?.title).toBe(recording.title);
  open("other.jsonl", [{ id: "1", recording }]);
  expect(useSecond.getState()).toMatchObject({ on: false, shown: null });
});
