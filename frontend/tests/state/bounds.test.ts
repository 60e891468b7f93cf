import { expect, it } from "vitest";
import { verdictOf } from "../../src/state/bounds";
import { wave } from "../fixtures";

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
