import { expect, it } from "vitest";
import { chooseRenderer } from "../../../src/graph/webgl/supported";

it("draws with WebGL where a graphics processor does it, with SVG where there is no WebGL2", () => {
  expect(chooseRenderer("", "processor", 15)).toBe("webgl");
  expect(chooseRenderer("", "none", 15)).toBe("svg");
  expect(chooseRenderer("?renderer=webgl", "none", 15)).toBe("svg");
});

it("draws networks of a class's size with SVG where WebGL would be done in software", () => {
  expect(chooseRenderer("", "software", 15)).toBe("svg");
  expect(chooseRenderer("", "software", 1000)).toBe("webgl");
});

it("does as it is told in the address", () => {
  expect(chooseRenderer("?renderer=svg", "processor", 15)).toBe("svg");
  expect(chooseRenderer("?renderer=webgl", "software", 15)).toBe("webgl");
});
