import { afterEach, expect, it } from "vitest";
import { formatIn } from "../../src/i18n/format";
import { joined, sentence } from "../../src/i18n/sentences";

const catalog = joined({
  "a.json": { "{node} was killed": "Узел {node} аварийно остановлен", "{outer}: {inner}": "{outer} — {inner}" },
  "b.json": { "{count} nodes joined": ["Присоединён {count} узел", "Присоединены {count} узла", "Присоединено {count} узлов"] },
});
const said = (code: string, parameters?: unknown) => sentence(catalog, "ru", { code, parameters });

afterEach(() => { formatIn("en"); });

it("puts the parameters into the translated template", () => {
  expect(said("{node} was killed", { node: "amber" })).toBe("Узел amber аварийно остановлен");
});

it("chooses the form by the number", () => {
  expect([1, 3, 1005].map((count) => said("{count} nodes joined", { count }))).toEqual([
    "Присоединён 1 узел", "Присоединены 3 узла", "Присоединено 1\u202f005 узлов",
  ]);
});

it("translates a sentence that stands in another one, and each of several", () => {
  const inner = { code: "{node} was killed", parameters: { node: "a" } };
  expect(said("{outer}: {inner}", { outer: "1", inner })).toBe("1 — Узел a аварийно остановлен");
  expect(said("{outer}: {inner}", { outer: 0.25, inner: [inner, "b"] })).toBe("0.25 — Узел a аварийно остановлен, b");
  formatIn("ru");
  expect(said("{outer}: {inner}", { outer: 0.25, inner: [] })).toBe("0,25 — ");
});

it("says nothing where it, or a sentence in it, is in no catalog", () => {
  expect(said("toString")).toBeNull();
  expect(said("{outer}: {inner}", { outer: "1", inner: { code: "unknown" } })).toBeNull();
  expect(said("{outer}: {inner}", { outer: "1", inner: [{ code: "unknown" }] })).toBeNull();
});

it("leaves the name of a parameter that did not come", () => {
  expect(said("{node} was killed", {})).toBe("Узел {node} аварийно остановлен");
});

it("writes a number with as many digits as the template asks for", () => {
  formatIn("ru");
  expect(sentence({ a: "за {seconds:.1f} с" }, "ru", { code: "a", parameters: { seconds: 2.25 } })).toBe("за 2,3 с");
});
