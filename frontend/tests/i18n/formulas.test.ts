import { expect, it } from "vitest";
import { costOf, formulaOf } from "../../src/i18n/formulas";
import { algorithm } from "../fixtures";

it("writes the bound as the server does, with a minus sign for a hyphen", () => {
  expect(formulaOf({ bound_kind: "exactly", bound_text: "2|E|" })).toBe("= 2|E|");
  expect(formulaOf({ bound_kind: "exactly", bound_text: "N-1" })).toBe("= N − 1");
  expect(formulaOf({ bound_kind: "exactly", bound_text: "2|E| - (N-1)" })).toBe("= 2|E| − (N − 1)");
  expect(formulaOf({ bound_kind: "at most", bound_text: "2N|A|" })).toBe("≤ 2N|A|");
  expect(formulaOf({ bound_kind: "exactly", bound_text: null })).toBe("=");
});

it("writes the proven number as a formula and a figure", () => {
  expect(costOf(algorithm("tarry"))).toBe("2|E| = 28");
  expect(costOf(algorithm("cidon", { bound_kind: "at most", bound_text: "4|E|", bound: 56 }))).toBe("4|E| ≤ 56");
  expect(costOf(algorithm("finn-full", { bound_kind: "at most", bound_text: "2N|A|", bound: 5_040 }))).toBe("2N|A| ≤ 5\u202f040");
  expect(costOf(algorithm("my-echo", { bound_text: null }))).toBe("= 28");
  expect(costOf(algorithm("safra", { bound: null, bound_kind: null, bound_text: null }))).toBeNull();
});
