import { expect, it } from "vitest";
import { plural } from "../../src/i18n/plural";

it("has two forms in English and German", () => {
  expect([0, 1, 2, 21].map((n) => plural("en", n, ["task", "tasks"]))).toEqual(["tasks", "task", "tasks", "tasks"]);
  expect([0, 1, 2, 21].map((n) => plural("de", n, ["Aufgabe", "Aufgaben"]))).toEqual(["Aufgaben", "Aufgabe", "Aufgaben", "Aufgaben"]);
});

it("has three forms in Russian, and that of few for a fraction", () => {
  const forms = ["заявка", "заявки", "заявок"] as const;
  const said = (n: number) => plural("ru", n, forms);
  expect([1, 21, 101].map(said)).toEqual(["заявка", "заявка", "заявка"]);
  expect([2, 4, 23, 1.5].map(said)).toEqual(["заявки", "заявки", "заявки", "заявки"]);
  expect([0, 5, 11, 14, 112, 1000].map(said)).toEqual(["заявок", "заявок", "заявок", "заявок", "заявок", "заявок"]);
});
