import "../../browser";
import { expect, it } from "vitest";
import type { Wave } from "../../../src/api/types";
import { de } from "../../../src/i18n/glossary/de";
import { en } from "../../../src/i18n/glossary/en";
import { ru } from "../../../src/i18n/glossary/ru";
import { beginOf, isDone, leafOf, pieces, STEPS, termsWith, victimOf, type Facts } from "../../../src/pages/guide/steps";
import { furtherTerms } from "../../../src/pages/guide/terms";
import { guideWords } from "../../../src/pages/guide/words";
import type { Lab } from "../../../src/state/lab";

/** root - a (b, c), d */
const NETWORK = { names: ["root", "a", "b", "c", "d"], parents: [-1, 0, 1, 1, 0] };

function facts(changes: Partial<Lab> = {}, others: Partial<Facts> = {}): Facts {
  const lab = {
    time: 100, network: NETWORK, waves: [], tasks: { submitted: 5 }, settings: { link_delay: 0 },
    history: { time: [90, 110], moves: [4, 0] }, ...changes,
  } as unknown as Lab;
  return { lab, selection: null, filmsEnded: 0, ...others };
}

const wave = (changes: Partial<Wave>): Wave => ({
  id: "w", algorithm: "echo", purpose: null, state: "complete", started: 105, initiators: ["root"], missing: [], messages: 8, ...changes,
}) as Wave;

const BEGIN = beginOf(facts());

it("calls no step done that has just begun", () => {
  expect(STEPS.filter((step) => isDone(step, facts(), BEGIN))).toEqual([]);
});

it.each([
  ["network", facts({}, { selection: { type: "node", name: "a" } })],
  ["wave", facts({ waves: [wave({})] })],
  ["back", facts({}, { filmsEnded: 1 })],
  ["count", facts({ waves: [wave({ initiators: ["d"] })] })],
  ["finn", facts({ waves: [wave({ algorithm: "finn-full" })] })],
  ["kill", facts({ waves: [wave({ state: "incomplete", missing: ["a"] })] })],
  ["heal", facts({ waves: [wave({})] })],
  ["tasks", facts({ tasks: { submitted: 65 } as Lab["tasks"] })],
  ["rebalance", facts({ history: { time: [90, 110], moves: [4, 1], load: [], imbalance: [] } })],
  ["numbers", facts({}, { selection: { type: "wave", id: "w", started: 105 } })],
] as const)("notices by itself that %s is done", (step, now) => {
  expect(isDone(step, now, BEGIN)).toBe(true);
});

it.each([
  ["wave", [wave({ started: 95 })]],
  ["wave", [wave({ purpose: "rebalance" })]],
  ["wave", [wave({ state: "running" })]],
  ["count", [wave({})]],
  ["finn", [wave({})]],
  ["kill", [wave({ state: "incomplete" })]],
] as const)("takes for %s nothing that was before, is the balancer's, or is something else", (step, waves) => {
  expect(isDone(step, facts({ waves: [...waves] }), BEGIN)).toBe(false);
});

it("heals only with quick links", () => {
  const slow = facts({ waves: [wave({})], settings: { link_delay: 1_000 } as Lab["settings"] });
  expect(isDone("heal", slow, BEGIN)).toBe(false);
});

it("kills who has most below it, and loads who is last", () => {
  expect(victimOf(NETWORK)).toBe("a");
  expect(victimOf({ names: ["only"], parents: [-1] })).toBe("only");
  expect(leafOf(NETWORK)).toBe("d");
});

it("takes the terms out of a text, in every language those that there are", () => {
  expect(pieces("By a {wave|Welle}: {no}.")).toEqual([
    { text: "By a ", term: null }, { text: "Welle", term: "wave" }, { text: ": {no}.", term: null },
  ]);
  for (const [language, glossary] of [["en", en], ["de", de], ["ru", ru]] as const) {
    const texts = STEPS.map((step) => {
      const { text } = guideWords[language][step] as { text: string | ((...args: string[]) => string) };
      return typeof text === "string" ? text : text("14", "28");
    });
    const terms = texts.flatMap((text) => pieces(text).flatMap(({ term }) => (term === null ? [] : [term])));
    expect(terms.length).toBeGreaterThan(10);
    expect(terms.filter((term) => !Object.hasOwn(glossary, term))).toEqual([]);
  }
});

it("finds terms by their words and meanings, whatever the case, in the order of the alphabet", () => {
  const terms = Object.values(furtherTerms.ru);
  expect(termsWith(terms, " ЗАЯВКА ", "ru").map(({ term }) => term)).toContain("заявка");
  expect(termsWith(terms, "qqq", "ru")).toEqual([]);
  const all = termsWith(terms, "", "ru").map(({ term }) => term);
  expect(all).toEqual(all.toSorted((a, b) => a.localeCompare(b, "ru")));
});

it("has no further term that the panels explain already", () => {
  for (const [language, glossary] of [["en", en], ["de", de], ["ru", ru]] as const) {
    const known = new Set(Object.keys(glossary));
    expect(Object.keys(furtherTerms[language]).filter((id) => known.has(id))).toEqual([]);
  }
});
