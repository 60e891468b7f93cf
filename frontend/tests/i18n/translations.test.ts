import { expect, it } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { de as germanTerms } from "../../src/i18n/glossary/de";
import { en as englishTerms } from "../../src/i18n/glossary/en";
import { ru as russianTerms } from "../../src/i18n/glossary/ru";
import { ru } from "../../src/i18n/ru";

it("tells who is killed with a node", () => {
  expect(en.cutOff("a", 5)).toBe("The links of a are cut for 5 s.");
  expect(de.cutOff("a", 5)).toBe("Die Verbindungen von a sind für 5 s getrennt.");
  expect(en.signalledNode("a", "killed", 0)).toBe("a killed.");
  expect(en.signalledNode("a", "killed", 1)).toBe("a killed, and 1 more node of its process.");
  expect(de.signalledNode("a", "getötet", 499)).toBe("a getötet, und 499 weitere Knoten seines Prozesses.");
  expect(ru.signalledNode("a", ru.signalled.kill, 2)).toBe("Узел a аварийно остановлен, с ним ещё 2 узла того же процесса.");
});

it("has the right form for every number in Russian", () => {
  expect([1, 2, 5, 11, 21, 22, 112].map((tasks) => ru.tasksAdded(tasks, "a"))).toEqual([
    "Узел a получил 1 заявку.", "Узел a получил 2 заявки.", "Узел a получил 5 заявок.", "Узел a получил 11 заявок.",
    "Узел a получил 21 заявку.", "Узел a получил 22 заявки.", "Узел a получил 112 заявок.",
  ]);
  expect(ru.movesFailed(1, 5)).toBe("Не удался 1 перенос, перенесено 5 заявок");
  expect(ru.movesFailed(22, 1)).toBe("Не удались 22 переноса, перенесена 1 заявка");
});

it("leaves no word empty", () => {
  expect(JSON.stringify([en, de, ru, englishTerms, germanTerms, russianTerms])).not.toContain('""');
});

it("writes the counts of tasks as a sum, and says when it does not hold", () => {
  const tasks = { submitted: 21, pending: 0, assigned: 1, moving: 2, running: 3, completed: 4, failed: 5, cancelled: 6 };
  const sum = "0 pending + 1 assigned + 2 on the way + 3 running + 4 completed + 5 failed + 6 cancelled";
  expect(en.taskCounts({ ...tasks, lawful: true })).toBe(`21 submitted = ${sum}`);
  expect(en.taskCounts({ ...tasks, submitted: 22, lawful: false })).toBe(`22 submitted ≠ ${sum}`);
  expect(de.taskCounts({ ...tasks, lawful: true })).toContain("21 gegeben = 0 wartend + 1 zugeteilt + 2 unterwegs");
  expect(ru.taskCounts({ ...tasks, lawful: false })).toContain("всего подано 21 ≠ ожидают 0 + в очереди 1");
});
