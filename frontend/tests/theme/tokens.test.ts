import { describe, expect, it } from "vitest";
import { luminance } from "../../src/theme/scale";
import { cssVariables, DARK, LIGHT, type Tokens } from "../../src/theme/tokens";

const rgb = (hex: string): [number, number, number] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(rgb(a)), luminance(rgb(b))].toSorted((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
};

describe.each([["light", LIGHT], ["dark", DARK]] as [string, Tokens][])("the %s colours", (_, tokens) => {
  it.each(["ink", "muted", "accent", "warn", "bad", "out", "back", "finn", "other"] as const)(
    "%s can be read on every ground (WCAG AA)", (name) => {
      for (const ground of [tokens.ground, tokens.panel]) expect(contrast(tokens[name], ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(["nodeEdge", "link"] as const)("%s can be told from the ground (3 to 1)", (name) => {
    expect(contrast(tokens[name], tokens.ground)).toBeGreaterThanOrEqual(3);
  });
});

it("names CSS variables after the tokens", () => {
  expect(cssVariables(LIGHT)["--tw-node-edge"]).toBe(LIGHT.nodeEdge);
});
