import { expect, it } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { deployText } from "../../src/i18n/deploy-text";
import { deploy } from "../fixtures";

it("holds what is there against what is wanted", () => {
  const growing = deploy({ desired_replicas: 30, actual_replicas: 22, up: 22, phase: "growing" });
  expect(deployText(growing, en)).toBe("growing: 22 of 30");
  expect(deployText(growing, de)).toBe("wächst: 22 von 30");
  expect(deployText(deploy({ desired_replicas: 3 }), en)).toBe("settled: 3 of 3");
});

it("says who is still to leave, and who is not up", () => {
  const shrinking = deploy({ desired_replicas: 10, actual_replicas: 10, up: 9, phase: "shrinking", leaving: { a: null, b: "3 tasks wait here" } });
  expect(deployText(shrinking, en)).toBe("shrinking to 10: 2 still to leave, 9 up");
  expect(deployText({ ...shrinking, desired_replicas: null }, de)).toBe("schrumpft: noch 2 zu gehen, 9 laufen");
  expect(deployText({ ...shrinking, phase: "waiting" }, en)).toBe("waiting: 10 of 10, 2 still to leave, 9 up");
});

it("holds it against nothing where nobody has said a number", () => {
  expect(deployText(deploy(), en)).toBe("settled: 3 there");
});
