import "../browser";
import { expect, it } from "vitest";
import { isPresented, searchPresenting } from "../../src/state/present";

it("stands in the address and leaves the rest of it alone", () => {
  expect(searchPresenting("?language=ru", true)).toBe("?language=ru&present=1");
  expect(searchPresenting("?language=ru&present=1", false)).toBe("?language=ru");
  expect(searchPresenting("?present=1", false)).toBe("");
  expect([isPresented("?present=1"), isPresented("?present=0"), isPresented("")]).toEqual([true, false, false]);
});
