import { expect, it } from "vitest";
import { de } from "../src/words/de";
import { en } from "../src/words/en";
import { glossaries } from "../src/words/glossary";

/** Every path to a word, so that a missing translation is named. */
function paths(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [prefix];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${prefix}.${key}`));
}

it("says everything in both languages", () => {
  expect(paths(de).toSorted()).toEqual(paths(en).toSorted());
  expect(paths(glossaries.de).toSorted()).toEqual(paths(glossaries.en).toSorted());
});

it("tells who is killed with a node", () => {
  expect(en.signalledNode("a", "killed", 0)).toBe("a killed.");
  expect(en.signalledNode("a", "killed", 1)).toBe("a killed, and 1 more node of its process.");
  expect(de.signalledNode("a", "getötet", 499)).toBe("a getötet, und 499 weitere Knoten seines Prozesses.");
});

it("leaves no word empty", () => {
  const texts = JSON.stringify([en, de, glossaries]);
  expect(texts).not.toContain('""');
});
