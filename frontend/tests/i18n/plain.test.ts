import { expect, test } from "vitest";
import { plainBy } from "../../src/i18n/plain";
import * as german from "../../src/i18n/languages/de";
import * as russian from "../../src/i18n/languages/ru";
import { plainSentence, sentence, type Catalog } from "../../src/i18n/sentences";

const catalog: Catalog = {
  "{script}: its process was killed by {signal}": "{script}: процесс убит сигналом {signal}",
  "killed by {signal}": "процесс убит сигналом {signal}",
  "{what}: {why}": "{what}: {why}",
  "failed: {reason}": "не удалась: {reason}",
  "timeout": "время вышло",
  "it is damaged": "он повреждён",
  "the journal cannot be read: {why}": "журнал нельзя прочитать: {why}",
  "{name} and {count} more nodes": ["{name} и ещё {count} узел", "{name} и ещё {count} узла", "{name} и ещё {count} узлов"],
  "expected {most:,} at most, not {found!r}": "не больше {most:,}, найдено {found}",
};
const plain = plainBy(Object.keys(catalog));
const said = (english: string) => plainSentence(catalog, "ru", english, plain);

test.each([
  ["a.py: its process was killed by SIGKILL", "a.py: процесс убит сигналом SIGKILL"],
  ["failed: timeout", "не удалась: время вышло"],
  ["the journal cannot be read: it is damaged", "журнал нельзя прочитать: он повреждён"],
  ["amber and 3 more nodes", "amber и ещё 3 узла"],
  ["expected 20 at most, not 'x'", "не больше 20, найдено x"],
])("a text that came without its code is known by what it says: %s", (english, russian) => {
  expect(said(english)).toBe(russian);
});

test.each(["body: wrong", "amber and some more nodes", "killed by ", `killed by ${"x".repeat(3000)}`])("what fits no template is nobody's sentence", (english) => {
  expect(said(english)).toBeNull();
});

test("a text in a sentence that came with its code is said too, and a name is left alone", () => {
  expect(sentence(catalog, "ru", { code: "{what}: {why}", parameters: { what: "timeout", why: "killed by SIGKILL" } }, plain)).toBe("timeout: процесс убит сигналом SIGKILL");
});

test("the catalogs' own templates are known", () => {
  const died = "killed by SIGKILL, by its class or from outside, while it ran Echo.on_message (echo.py, line 3: 1 / 0)";
  expect(plainSentence(russian.catalog, "ru", died, russian.plain)).toContain("процесс убит сигналом SIGKILL");
  expect(plainSentence(german.catalog, "de", "body: `nodes` and `seed` belong to a `shape`", german.plain)).toBeNull();
  expect(plainSentence(german.catalog, "de", "`nodes` and `seed` belong to a `shape`", german.plain)).toBe("`nodes` und `seed` gehören zu einer `shape`");
});
