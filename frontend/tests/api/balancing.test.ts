import { expect, it } from "vitest";
import { rulesIn } from "../../src/api/balancing";
import { snapshot } from "../fixtures";

it("finds the rules that a lab has, and as many more as a later one says", () => {
  const settings = { ...snapshot().lab, policy: "max-load-heap" };
  expect(rulesIn(settings)).toEqual([["policy", "max-load-heap"]]);
  const later = { ...settings, placement: "least-loaded", discipline: "priority", other: "no rule" };
  expect(rulesIn(later)).toEqual([["policy", "max-load-heap"], ["placement", "least-loaded"], ["discipline", "priority"]]);
});
