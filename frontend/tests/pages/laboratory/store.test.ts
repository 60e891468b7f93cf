import "../../browser";
import { beforeEach, expect, it } from "vitest";
import { narrate, shortValue, written } from "../../../src/pages/laboratory/narration";
import { close, goTo, goToDecision, goToEnd, open, renew, stepBy, tick, toggle, useLaboratory } from "../../../src/pages/laboratory/store";
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
  expect(narrate(run, 3, laboratoryWords.en)).toBe("b receives Token from c, answers a, which woke it");
  expect(narrate(run, 6, laboratoryWords.en)).toBe("a receives Reply from c, decides");
  expect(narrate(run, 6, laboratoryWords.ru)).toBe("a получает Reply от c, принимает решение");
});

it("writes values shortly", () => {
  expect(shortValue(null, 10)).toBe("");
  expect(shortValue({ a: 1 }, 10)).toBe("{a: 1}");
  expect(shortValue("a long text indeed", 10)).toBe("a long te…");
});

it("a value is written as its class is", () => {
  expect(written({ $: "Token" })).toBe("Token");
  expect(written({ $: "Reply", report: null, hops: [1, 2] })).toBe("Reply(report: null, hops: [1, 2])");
  expect(written({ $: "set", of: [3, 7] })).toBe("{3, 7}");
  expect(written({ $: "tuple", of: ["a", true] })).toBe('("a", true)');
  expect(written({ $: "dict", of: [[1, null], [7, { $: "Token" }]] })).toBe("{1: null, 7: Token}");
  expect(written({ $: "float", of: "inf" })).toBe('float("inf")');
  expect(written({ $: "text", of: "<object>" })).toBe("<object>");
});

it("a run of which not all is recorded goes on where its record ends", () => {
  const asked: string[] = [];
  let over = false;
  const more = {
    ended: () => over, step: () => void asked.push("step"), run: (kind: string | null) => void asked.push(`run ${kind ?? "on"}`),
    fetch: (events: number) => void asked.push(`fetch ${events}`),
  };
  useLaboratory.setState({ more });
  stepBy(1);
  expect(asked).toEqual([]);
  goTo(Infinity);
  stepBy(1);
  goToDecision();
  goToEnd();
  toggle();
  tick(3);
  expect(asked).toEqual(["step", "run decide", "run on", "fetch 3"]);
  expect(useLaboratory.getState().playing).toBe(true);
  over = true;
  tick(1);
  expect(useLaboratory.getState().playing).toBe(false);
  toggle();
  expect(at()).toBe(0);
  close();
  expect(useLaboratory.getState().more).toBe(null);
});

it("a longer record of the same run keeps the step", () => {
  goTo(2);
  const { opened } = useLaboratory.getState();
  if (!opened) throw new Error("nothing is open");
  renew({ ...opened.recording, lines: opened.recording.lines.slice(0, 6) });
  expect(at()).toBe(2);
  expect(useLaboratory.getState().opened?.source).toBe("run.jsonl");
});
