import { expect, it } from "vitest";
import { unreadable } from "../../../src/pages/experiments/unreadable";

const say = (english: string): string => `«${english}»`;

it.each([
  ["ex-1: its scenario.json is damaged", "ex-1: «its scenario.json is damaged»"],
  ["two words: a/scenario.json: it is no file", "two words: «a/scenario.json: it is no file»"],
])("says why a report cannot be shown, and leaves the name of its folder: %s", (problem, said) => {
  expect(unreadable(problem, say)).toBe(said);
});
