import "../../browser";
import { beforeEach, expect, it } from "vitest";
import { narrate, shortValue } from "../../../src/pages/laboratory/narration";
import { close, goTo, goToDecision, goToEnd, open, stepBy, tick, toggle, useLaboratory } from "../../../src/pages/laboratory/store";
import { laboratoryWords } from "../../../src/pages/laboratory/words";
import { readTrace } from "../../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

beforeEach(() => {
  close();
  open("run.jsonl", readTrace(fileOf(ECHO_OF_TRIANGLE)));
});

const at = () => useLaboratory.getState().position;

it("goes to and fro, and stays within the run", () => {
  stepBy(-1);
  expect(at()).toBe(0);
  stepBy(1);
  expect(at()).toBe(1);
  goTo(99);
  expect(at()).toBe(6);
  goTo(1);
  goToDecision();
  expect(at()).toBe(6);
  goToDecision();
  expect(at()).toBe(6);
});

it("goes from one step of a node to its next and its last one", () => {
  goTo(1);
  stepBy(1, true);
  expect(at()).toBe(3);
  stepBy(1, true);
  expect(at()).toBe(3);
  stepBy(-1, true);
  expect(at()).toBe(1);
});

it("plays to the end and stops there, and begins anew", () => {
  toggle();
  tick(4);
  expect(useLaboratory.getState()).toMatchObject({ playing: true, position: 4 });
  tick(4);
  expect(useLaboratory.getState()).toMatchObject({ playing: false, position: 6 });
  goToEnd();
  toggle();
  expect(useLaboratory.getState()).toMatchObject({ playing: true, position: 0 });
});

it("tells a step in words", () => {
  const { opened } = useLaboratory.getState();
  const run = opened?.index.run;
  if (!run) throw new Error("nothing is open");
  expect(narrate(run, 0, laboratoryWords.en)).toBe("a begins the wave, sends to b, c");
  expect(narrate(run, 1, laboratoryWords.en)).toBe("b receives Token from a, sends to c");
  expect(narrate(run, 6, laboratoryWords.en)).toBe("a receives Reply from c, decides");
  expect(narrate(run, 6, laboratoryWords.ru)).toBe("a получает Reply от c, принимает решение");
});

it("writes values shortly", () => {
  expect(shortValue(null, 10)).toBe("");
  expect(shortValue({ a: 1 }, 10)).toBe('{"a":1}');
  expect(shortValue("a long text indeed", 10)).toBe("a long te…");
});
