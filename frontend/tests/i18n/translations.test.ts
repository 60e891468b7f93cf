import { expect, it } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { glossaries } from "../../src/i18n/glossary";

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
  expect(en.cutOff("a", 5)).toBe("The links of a are cut for 5 s.");
  expect(de.cutOff("a", 5)).toBe("Die Verbindungen von a sind für 5 s getrennt.");
  expect(en.signalledNode("a", "killed", 0)).toBe("a killed.");
  expect(en.signalledNode("a", "killed", 1)).toBe("a killed, and 1 more node of its process.");
  expect(de.signalledNode("a", "getötet", 499)).toBe("a getötet, und 499 weitere Knoten seines Prozesses.");
});

it("leaves no word empty", () => {
  const texts = JSON.stringify([en, de, glossaries]);
  expect(texts).not.toContain('""');
});

it("writes the counts of tasks as a sum, and says when it does not hold", () => {
  const tasks = { submitted: 21, pending: 0, assigned: 1, moving: 2, running: 3, completed: 4, failed: 5, cancelled: 6 };
  const sum = "0 pending + 1 assigned + 2 on the way + 3 running + 4 completed + 5 failed + 6 cancelled";
  expect(en.taskCounts({ ...tasks, lawful: true })).toBe(`21 submitted = ${sum}`);
  expect(en.taskCounts({ ...tasks, submitted: 22, lawful: false })).toBe(`22 submitted ≠ ${sum}`);
  expect(de.taskCounts({ ...tasks, lawful: true })).toContain("21 gegeben = 0 wartend + 1 zugeteilt + 2 unterwegs");
});
