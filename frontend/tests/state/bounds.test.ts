import { expect, it } from "vitest";
import { formulaOf, verdictOf } from "../../src/state/bounds";
import { wave } from "../fixtures";

it("writes the bound as the textbook does", () => {
  expect(formulaOf({ algorithm: "echo", bound_kind: "exactly", bound_text: null })).toBe("= 2|E|");
  expect(formulaOf({ algorithm: "finn-lab", bound_kind: "exactly", bound_text: "N-1" })).toBe("= N − 1");
  expect(formulaOf({ algorithm: "finn-full", bound_kind: "at most", bound_text: "2N|A|" })).toBe("≤ 4N|E|");
  expect(formulaOf({ algorithm: "tarry", bound_kind: "exactly", bound_text: "2|E|" })).toBe("= 2|E|");
  expect(formulaOf({ algorithm: "my-echo", bound_kind: "exactly", bound_text: null })).toBe("=");
});

it("judges a wave by its proven number", () => {
  expect(verdictOf(wave("w"))).toBe("holds");
  expect(verdictOf(wave("w", { messages: 5 }))).toBe("broken");
  expect(verdictOf(wave("w", { messages: 3 }))).toBe("broken");
  expect(verdictOf(wave("w", { messages: 3, bound_kind: "at most" }))).toBe("holds");
});

it("does not blame an incomplete wave for messages that never were, but for too many", () => {
  expect(verdictOf(wave("w", { state: "incomplete", messages: 3 }))).toBe("open");
  expect(verdictOf(wave("w", { state: "incomplete", messages: 9 }))).toBe("broken");
  expect(verdictOf(wave("w", { messages: null }))).toBe("open");
  expect(verdictOf(wave("w", { bound: null }))).toBe("open");
});
