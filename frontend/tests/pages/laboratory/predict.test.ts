import "../../browser";
import { beforeEach, expect, it } from "vitest";
import { rightAnswer } from "../../../src/pages/laboratory/predict/question";
import { predict, raise, reveal, stepOn, usePrediction } from "../../../src/pages/laboratory/predict/store";
import { close, goTo, open, renew, useLaboratory } from "../../../src/pages/laboratory/store";
import { readTrace } from "../../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

const waves = readTrace(fileOf(ECHO_OF_TRIANGLE));

beforeEach(() => {
  close();
  open("run.jsonl", waves);
  predict(true);
});

const at = () => useLaboratory.getState().position;

it("asks before a step is shown, and shows it then with what was right", () => {
  stepOn();
  expect([at(), usePrediction.getState().asked]).toEqual([0, 1]);
  raise("nothing", 1);
  raise("one", 1);
  raise("one", 1);
  raise("one", -1);
  stepOn();
  expect(at()).toBe(1);
  expect(usePrediction.getState()).toMatchObject({ asked: null, answered: "one", right: 1, all: 2 });
  stepOn();
  expect(usePrediction.getState()).toMatchObject({ asked: 2, answered: null, hands: { nothing: 0, one: 0 } });
});

it("goes on at once where nobody is to guess", () => {
  predict(false);
  stepOn();
  expect(at()).toBe(1);
});

it("leaves a question where somebody goes elsewhere", () => {
  stepOn();
  goTo(5);
  expect(usePrediction.getState()).toMatchObject({ asked: null, answered: null, right: 0, all: 0 });
  reveal();
  expect(at()).toBe(5);
});

it("knows what a node does in a step", () => {
  const { opened } = useLaboratory.getState();
  const run = opened?.index.run;
  if (!run) throw new Error("nothing is open");
  expect(run.steps.map((_, step) => rightAnswer(run, step))).toEqual(["several", "one", "one", "one", "one", "nothing", "decides"]);
});

it("asks a run that goes on for its next step, without going there", () => {
  const [wave] = waves;
  if (!wave) throw new Error("no wave");
  const { recording } = wave;
  const known = { ...recording, lines: recording.lines.slice(0, 4) };
  open("echo", [{ id: "echo", recording: known }]);
  predict(true);
  const asked: number[] = [];
  useLaboratory.setState({ more: { ended: () => false, step: () => undefined, run: () => undefined, fetch: (events) => asked.push(events) } });
  stepOn();
  expect([asked, at(), usePrediction.getState().asked]).toEqual([[1], 0, null]);
  renew({ ...recording, lines: recording.lines.slice(0, 7) });
  expect([asked, at(), usePrediction.getState().asked]).toEqual([[1], 0, 1]);
});
