import { expect, it } from "vitest";
import { chooseRenderer } from "../../../src/graph/webgl/supported";

it("draws with WebGL where there is WebGL2, with SVG where there is none or where it is wished", () => {
  expect(chooseRenderer("", () => true)).toBe("webgl");
  expect(chooseRenderer("", () => false)).toBe("svg");
  expect(chooseRenderer("?renderer=svg", () => true)).toBe("svg");
});
