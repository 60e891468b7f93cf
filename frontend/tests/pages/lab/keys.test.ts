import { expect, it } from "vitest";
import { isCharacter, KEYS, keyOf } from "../../../src/pages/lab/keys";

/** What is written on a key, where it lies, and whether Shift is held. */
type Press = [key: string, code: string, shiftKey?: boolean];

it.each<[keyboard: string, press: Press, meant: string | null]>([
  ["US", ["e", "KeyE"], "e"],
  ["US, caps lock", ["E", "KeyE"], "e"],
  ["US", ["?", "Slash", true], "?"],
  ["US", ["/", "Slash"], "/"],
  ["US", [" ", "Space"], " "],
  ["US", ["Escape", "Escape"], "Escape"],
  ["US", ["x", "KeyX"], null],
  ["US", ["Enter", "Enter"], null],
  ["US, numbers at the right", ["+", "NumpadAdd"], "+"],
  ["German", ["-", "Slash"], "-"],
  ["German", ["/", "Digit7", true], "/"],
  ["German", ["?", "Minus", true], "?"],
  ["French", ["m", "Semicolon"], "m"],
  ["French", [",", "KeyM"], ","],
  ["French", ["?", "KeyM", true], "?"],
  ["French", [";", "Comma"], ","],
  ["French", ["à", "Digit0"], "0"],
  ["Dvorak: another letter of the alphabet lies there", ["u", "KeyF"], null],
  ["Dvorak", ["f", "KeyY"], "f"],
  ["Russian", ["у", "KeyE"], "e"],
  ["Russian", ["ю", "Period"], "."],
  ["Russian", [",", "Slash", true], ","],
  ["Greek", ["ε", "KeyE"], "e"],
  ["Hebrew", ["ת", "Comma"], ","],
  ["Arabic", ["ظ", "Slash"], "/"],
  ["Arabic", ["؟", "Slash", true], "?"],
  ["Japanese, while the kana are on", ["Process", "KeyG"], "g"],
  ["none: what every object has", ["constructor", "toString"], null],
  ["none: what every object has", ["__proto__", "__proto__"], null],
])("on a keyboard that is %s, %j means %j", (_, [key, code, shiftKey = false], meant) => {
  expect(keyOf({ key, code, shiftKey })).toBe(meant);
});

it("takes every key but Space and Escape for one that may be typed without meaning to", () => {
  expect(KEYS.filter((key) => !isCharacter(key))).toEqual([" ", "Escape"]);
});
