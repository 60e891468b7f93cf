import { expect, test } from "vitest";

import { kindOf } from "../../src/playback/messages";

test("a route that is called like what every object has is no kind of its own", () => {
  for (const route of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    expect(kindOf(route, "echo")).toBe("other");
    expect(kindOf(route, "finn-full")).toBe("finn");
  }
  expect([kindOf("echo", "echo"), kindOf("echo_back", "echo"), kindOf("finn", "x"), kindOf(null, "x")]).toEqual(["out", "back", "finn", "other"]);
});
