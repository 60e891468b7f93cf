import { expect, it } from "vitest";
import { cividis, hex, inkOn, loadColour, luminance, SCALE_END, shareOf } from "../../src/theme/scale";

it("runs from the dark to the bright end and gets brighter all the way, as a scale for every eye must", () => {
  expect(hex(cividis(0))).toBe("#00224e");
  expect(hex(cividis(1))).toBe("#fee838");
  const steps = Array.from({ length: 21 }, (_, i) => luminance(cividis(i / 20)));
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

it("shows load in relation to cpu, and stops at its end", () => {
  expect(loadColour(0, 4)).toEqual(cividis(0));
  expect(loadColour(3, 4)).toEqual(loadColour(6, 8));
  expect(loadColour(4 * SCALE_END, 4)).toEqual(cividis(1));
  expect(loadColour(9999, 4)).toEqual(cividis(1));
});

it("tells few tasks from more, and many from very many", () => {
  const shares = [0, 1, 4, 6, 20, 200].map((load) => shareOf(load, 4));
  for (const [at, share] of shares.entries()) if (at > 0) expect(share - (shares[at - 1] ?? 0)).toBeGreaterThan(0.05);
  expect(shareOf(200, 4) - shareOf(6, 4)).toBeGreaterThan(0.5);
});

it("writes on every colour in the ink that can be read: at least 4.5 to 1", () => {
  for (let i = 0; i <= 50; i++) {
    const colour = cividis(i / 50);
    const light = luminance(colour) + 0.05;
    const contrast = inkOn(colour) === "#000000" ? light / 0.05 : 1.05 / light;
    expect(contrast).toBeGreaterThan(4.5);
  }
});
