import { expect, test } from "vitest";
import {
  choicesIn, filterChoices, filtersIn, isElsewhere, isReferred, searchFor, waveReference, waveReferred, type Choices, type TaskFilters,
} from "../../src/state/address";

const NO_FILTERS: TaskFilters = {
  text: null, status: null, sort: "-submitted", node: [], priority: [], kind: null, category: [], role: [], request: null,
  since: null, until: null, cursor: null,
};
const FILTERS: TaskFilters = {
  text: "a & b=c", status: "failed", sort: "priority", node: ["ä:1", "b"], priority: ["critical", "low"], kind: "script", category: ["v", ""], role: ["gpu"],
  request: "r/1", since: 1764169000, until: 1764169999, cursor: "-submitted 17 a.1",
};
const USUAL: Choices = {
  ...filterChoices(NO_FILTERS),
  language: "en", messages: "dots", stage: false, tab: "nodes", taskView: "list", executorText: "", balancerWaves: true, selection: null,
  wave: null, pace: "hops", speed: 1,
};
const OTHERS: Choices = {
  ...filterChoices(FILTERS),
  language: "de", messages: "off", stage: true, tab: "waves", taskView: "executors", executorText: "gpu", balancerWaves: false,
  selection: { type: "node", name: "ä & b:c" }, wave: "echo-7", pace: "measured", speed: 0.25,
};

test("what is written is read again, names with colons and ampersands too", () => {
  expect({ ...USUAL, ...choicesIn(searchFor("", OTHERS, USUAL)) }).toEqual(OTHERS);
  const wave: Choices = { ...USUAL, selection: { type: "wave", id: "finn:1", started: 1764169000 } };
  expect({ ...USUAL, ...choicesIn(searchFor("", wave, USUAL)) }).toEqual(wave);
  const typed: Choices = { ...USUAL, selection: { type: "wave", id: "root-5", started: null } };
  expect(searchFor("", typed, USUAL)).toBe("?selection=wave%3Aroot-5");
  expect({ ...USUAL, ...choicesIn("?selection=wave:root-5") }).toEqual(typed);
  const task: Choices = { ...USUAL, selection: { type: "task", id: "oak.1-15.1@7" } };
  expect({ ...USUAL, ...choicesIn(searchFor("", task, USUAL)) }).toEqual(task);
});

test("what is as usual is not in the address, and what others put there stays", () => {
  expect(searchFor("?tab=waves", USUAL, USUAL)).toBe("");
  expect(searchFor("?renderer=svg&wave=a", { ...USUAL, tab: "events" }, USUAL)).toBe("?renderer=svg&tab=events");
});

test("what means nothing is left out", () => {
  expect(choicesIn("?lang=__proto__&tab=toString&speed=900&pace=&selection=node&stage=yes&messages=")).toEqual({});
  expect(choicesIn("?stage=toString&speed=NaN&selection=who:a&wave=")).toEqual({});
  expect(choicesIn("?taskStatus=toString&taskSort=&taskPriority=urgent&taskKind=9&taskSince=-1&taskUntil=1e9&taskNode=&taskCursor=")).toEqual({});
  expect(choicesIn(`?wave=${"a".repeat(1000)}&tab=waves`)).toEqual({ tab: "waves" });
});

test("the filters of tasks are read back from among the other choices", () => {
  expect(filtersIn(choicesIn(searchFor("", OTHERS, USUAL)))).toEqual(FILTERS);
  expect(filtersIn({ tab: "tasks", taskNode: ["oak"] })).toEqual({ node: ["oak"] });
  // Half a second is no part of an address, and a year that is being typed none at all.
  expect(searchFor("", { ...USUAL, taskSince: 10.5, taskUntil: -6e10 }, USUAL)).toBe("?taskSince=10");
});

test("another list of tasks is a place to go back to, a search that is typed is none", () => {
  expect(isElsewhere(USUAL, { ...USUAL, taskStatus: "failed" })).toBe(true);
  expect(isElsewhere(USUAL, { ...USUAL, taskCursor: "next" })).toBe(true);
  expect(isElsewhere(USUAL, { ...USUAL, taskText: "pi", executorText: "gpu", taskCategory: ["v"] })).toBe(false);
});

test("a panel, a selection and a wave are places to go back to; a language and a speed are none", () => {
  expect(isElsewhere(USUAL, { ...USUAL, tab: "waves" })).toBe(true);
  expect(isElsewhere(USUAL, { ...USUAL, selection: { type: "node", name: "a" } })).toBe(true);
  expect(isElsewhere(USUAL, { ...USUAL, wave: "a" })).toBe(true);
  expect(isElsewhere(USUAL, { ...USUAL, language: "de", speed: 2, messages: "off" })).toBe(false);
});

test("a wave is named with the second of its start, and by people without", () => {
  expect(waveReference({ id: "a@b-5", started: 1764169000.9 })).toBe("a@b-5@1764169000");
  expect(waveReferred("a@b-5@1764169000")).toEqual({ id: "a@b-5", started: 1764169000 });
  expect(waveReferred("root-5")).toEqual({ id: "root-5", started: null });
  expect(waveReferred("a@1-5")).toEqual({ id: "a@1-5", started: null });
});

test("a wave of the same id in another run of the lab is another one", () => {
  const wave = { id: "root-5", started: 1764169000.9 };
  expect(isReferred({ id: "root-5", started: 1764169000 }, wave)).toBe(true);
  expect(isReferred({ id: "root-5", started: 1764169001 }, wave)).toBe(false);
  expect(isReferred({ id: "root-5", started: null }, wave)).toBe(true);
  expect(isReferred({ id: "root-6", started: 1764169000 }, wave)).toBe(false);
});
