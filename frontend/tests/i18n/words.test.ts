import "../browser";
import { expect, it } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { de as germanTerms } from "../../src/i18n/glossary/de";
import { en as englishTerms } from "../../src/i18n/glossary/en";
import { ru as russianTerms } from "../../src/i18n/glossary/ru";
import { ru } from "../../src/i18n/ru";
import type { Words } from "../../src/i18n/words";

type AllWords = Words<object>;
const parts = await Promise.all(
  Object.entries(import.meta.glob<Record<string, unknown>>("../../src/**/words.ts")).map(async ([file, load]) => ({ file, exports: await load() })),
);
const isWords = (value: unknown): value is AllWords => typeof value === "object" && value !== null && "en" in value && "ru" in value;

/** The words of each part in all languages: those of the page, the glossary, and of each `words.ts`. */
const ALL: [string, AllWords][] = [
  ["i18n", { en, de, ru }],
  ["glossary", { en: englishTerms, de: germanTerms, ru: russianTerms }],
  ...parts.flatMap(({ file, exports }) =>
    Object.values(exports).filter(isWords).map((words): [string, AllWords] => [file.replace("../../src/", ""), words])),
];

/** Each path to a word and the word. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

it.each(ALL)("%s says the same in each language", (_, { en: english, ...others }) => {
  const paths = leaves(english).map(([path]) => path).toSorted();
  for (const words of Object.values(others)) expect(leaves(words).map(([path]) => path).toSorted()).toEqual(paths);
});

/** What is the same word in German or Russian. */
const SAME = new Set([
  "1 min", "1/min", "15 min", "5 min", "Agent", "Auto", "Bits", "Echo", "Experiment", "Finn", "Initiator", "Journal", "Median",
  "Name", "Port", "Ring", "Status", "System", "cpu",
]);
const isWord = (word: unknown): word is string => typeof word === "string" && /[a-z]{2}/u.test(word) && !SAME.has(word);

it.each(ALL)("%s leaves no English word in another language", (_, { en: english, ...others }) => {
  for (const words of Object.values(others)) {
    const theirs = new Map(leaves(words));
    expect(leaves(english).filter(([path, word]) => isWord(word) && theirs.get(path) === word)).toEqual([]);
  }
});

it.each(ALL)("%s is written in Cyrillic in Russian", (_, { ru: russian }) => {
  expect(leaves(russian).filter(([, word]) => isWord(word) && !/[а-яё]/iu.test(word))).toEqual([]);
});

const SOURCES = Object.entries(import.meta.glob<string>("../../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }))
  .filter(([file]) => !/words\.ts$|\/i18n\/(en|de|ru)\.ts$|generated/u.test(file)).map(([, text]) => text).join("\n");
/** Said by the state of a wave. */
const OF_STATES = new Set(["complete", "incomplete", "wrong", "running"]);
/** Read of an object, or taken out of one. */
const isUsed = (key: string) => OF_STATES.has(key) || new RegExp(`\\.${key}\\b|[{,]\\s*${key}\\s*[,:}]`, "u").test(SOURCES);

it.each(ALL.filter(([part]) => part !== "glossary" && !part.endsWith("terms.ts")))("%s has no word that nobody says", (_, { en: english }) => {
  expect(Object.keys(english).filter((key) => !isUsed(key))).toEqual([]);
});
