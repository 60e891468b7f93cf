import { expect, it } from "vitest";
import { decodeFrame } from "../../src/api/decode";
import { parseExactJson, shownJson, parseJson, plainText } from "../../src/api/json";
import { node, snapshot } from "../fixtures";

it.each([
  ["\u001b[2Jgone", "\\u001b[2Jgone"],
  ["a\u0000b", "a\\u0000b"],
  ["\u009b31m", "\\u009b31m"],
  ["evil\u202egnp.exe", "evil\\u202egnp.exe"],
  ["\u2066a\u2069\u061c", "\\u2066a\\u2069\\u061c"],
  ["two\u2028lines", "two\\u2028lines"],
  ["a\tb\nc", "a\tb\nc"],
  ["São, 東京, שלום, 👩‍🚀", "São, 東京, שלום, 👩‍🚀"],
])("shows %j as %j, however the JSON is written", (text, shown) => {
  expect(plainText(text)).toBe(shown);
  const escaped = JSON.stringify([text]).replace(/[^ -~]/gu, (c) => [...Array(c.length).keys()].map((at) => `\\u${c.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""));
  for (const written of [JSON.stringify([text]), escaped]) expect(parseJson(written)).toEqual([shown]);
});

it("takes what every object has as a name like any other", () => {
  expect(Object.keys(parseJson('{"__proto__":{"polluted":"\\u001b"},"constructor":1}') as object)).toEqual(["__proto__", "constructor"]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

it("throws where there is no JSON", () => {
  expect(() => parseJson("<html>\u001b")).toThrow(SyntaxError);
});

it("lets no frame steer what shows it", () => {
  const frame = decodeFrame(JSON.stringify(snapshot({ nodes: [node("root", null, { role: "\u202eroot" })] })));
  expect(frame?.type === "snapshot" && frame.nodes[0]?.role).toBe("\\u202eroot");
});

it("numbers that JavaScript does not have are shown as they were written, where the browser can", () => {
  const canKeep = "rawJSON" in JSON;
  expect(shownJson(parseExactJson("[1237940039285380274899124224]"))).toContain(canKeep ? "1237940039285380274899124224" : "1.2379400392853803e+27");
  expect(parseExactJson('{"a": [1, 2.5, "\\u001b[2J"]}')).toEqual({ a: [1, 2.5, "\\u001b[2J"] });
});

it("a key of every object's prototype is a key like any other", () => {
  const value = parseExactJson('{"__proto__": {"polluted": 1}, "\\u202ekey": null}');
  expect(shownJson(value)).toBe('{\n  "__proto__": {\n    "polluted": 1\n  },\n  "\\u202ekey": null\n}');
  expect("polluted" in {}).toBe(false);
});
