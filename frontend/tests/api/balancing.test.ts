import { expect, it } from "vitest";
import { rulesIn } from "../../src/api/balancing";
import type { LabSettings } from "../../src/api/types";
import { snapshot } from "../fixtures";

it("finds the rules that a lab has, and none that an older one does not know", () => {
  const { lab } = snapshot();
  expect(rulesIn(lab).map(([rule]) => rule)).toEqual(["policy", "placement", "discipline", "forecast"]);
  const older = { ...lab, placement: undefined, discipline: undefined, forecast: undefined } as unknown as LabSettings;
  expect(rulesIn(older)).toEqual([["policy", lab.policy]]);
});
