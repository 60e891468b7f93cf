import { expect, it } from "vitest";
import { keep, keptIn } from "../../src/state/kept";

it.each(["arrows", "off", "dots"] as const)("keeps that messages are shown as %s", (messages) => {
  expect(keptIn(keep(null, { messages }), false)).toEqual({ messages });
});

it("keeps nothing that moves where the reader wants less of that", () => {
  expect(keptIn(keep(null, { messages: "dots" }), true)).toEqual({});
  expect(keptIn(keep(null, { messages: "off" }), true)).toEqual({ messages: "off" });
});

it("keeps that the keys of one character are switched off", () => {
  expect(keptIn(keep(null, { shortcuts: false }), false)).toEqual({ shortcuts: false });
});

it("leaves what another tab has kept as it is", () => {
  const theirs = keep(null, { shortcuts: false, language: "de" });
  expect(keptIn(keep(theirs, { language: "en" }), false)).toEqual({ shortcuts: false, language: "en" });
});

it.each([
  "", "null", "[]", "7", "{", '"x"', '{"language":"fr","messages":1,"shortcuts":"no"}', '{"__proto__":{"shortcuts":false}}',
])("finds nothing in %j", (text) => {
  expect(keptIn(text, false)).toEqual({});
  expect(keptIn(keep(text, { shortcuts: true }), false)).toEqual({ shortcuts: true });
});
