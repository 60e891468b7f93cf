import { expect, test } from "vitest";
import { choicesIn, isElsewhere, searchFor, waveReference, waveReferred, type Choices } from "../../src/state/address";

const USUAL: Choices = {
  language: "en", messages: "dots", stage: false, tab: "nodes", taskView: "list", balancerWaves: true, selection: null, wave: null,
  pace: "hops", speed: 1,
};
const OTHERS: Choices = {
  language: "de", messages: "off", stage: true, tab: "waves", taskView: "executors", balancerWaves: false,
  selection: { type: "node", name: "ä & b:c" }, wave: "echo-7", pace: "measured", speed: 0.25,
};

test("what is written is read again, names with colons and ampersands too", () => {
  expect({ ...USUAL, ...choicesIn(searchFor("", OTHERS, USUAL)) }).toEqual(OTHERS);
  const wave: Choices = { ...USUAL, selection: { type: "wave", id: "finn:1" } };
  expect({ ...USUAL, ...choicesIn(searchFor("", wave, USUAL)) }).toEqual(wave);
});

test("what is as usual is not in the address, and what others put there stays", () => {
  expect(searchFor("?tab=waves", USUAL, USUAL)).toBe("");
  expect(searchFor("?renderer=svg&wave=a", { ...USUAL, tab: "events" }, USUAL)).toBe("?renderer=svg&tab=events");
});

test("what means nothing is left out", () => {
  expect(choicesIn("?language=__proto__&tab=toString&speed=900&pace=&selection=node&stage=yes&messages=")).toEqual({});
  expect(choicesIn("?stage=toString&speed=NaN&selection=who:a&wave=")).toEqual({});
  expect(choicesIn(`?wave=${"a".repeat(1000)}&tab=waves`)).toEqual({ tab: "waves" });
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
