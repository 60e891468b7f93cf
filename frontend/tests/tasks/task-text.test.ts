import { expect, it } from "vitest";
import { SHOWN_CHARS, beginning, nameOf, shownValue, localTime, secondsOf } from "../../src/tasks/task-text";

it("names a task by its title, else by its id", () => {
  expect(nameOf({ id: "a.1-1.1", title: "" })).toBe("a.1-1.1");
  expect(nameOf({ id: "a.1-1.1", title: "Pi" })).toBe("Pi");
});

it("shows the beginning of what is long, and no half of a character", () => {
  expect(beginning("short")).toEqual({ text: "short", all: null });
  expect(beginning("x".repeat(SHOWN_CHARS + 1))).toEqual({ text: "x".repeat(SHOWN_CHARS), all: SHOWN_CHARS + 1 });
  expect(beginning(`${"x".repeat(SHOWN_CHARS - 1)}😀 and more`).text).toBe("x".repeat(SHOWN_CHARS - 1));
});

it("shows values as JSON, and a text as it is", () => {
  expect(shownValue({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(shownValue("a\nb")).toBe("a\nb");
  expect(shownValue({ "\u202Ekey\u009B": 1 })).toBe('{\n  "\\u202ekey\\u009b": 1\n}');
});

it("writes a time as its field holds it, where the reader is", () => {
  for (const text of ["2026-11-26T18:30", "2026-11-26T18:30:05", "0002-01-01T00:00"]) expect(localTime(secondsOf(text))).toBe(text);
  expect(secondsOf("")).toBeNull();
  expect(localTime(null)).toBe("");
});
