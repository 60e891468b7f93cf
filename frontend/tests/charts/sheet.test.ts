import { expect, it } from "vitest";
import { csvOf, fitted, sheetOf, sheetOfNodes } from "../../src/charts/sheet";

it("writes a CSV with times, units, full numbers and nothing for what is not known", () => {
  const sheet = sheetOf("Time", [0, 1.5], [{ name: "in", unit: "1/s", values: [0.125, null] }, { name: "all", unit: "", values: [1, 2] }]);
  expect(csvOf(sheet)).toBe("Time,in (1/s),all\r\n1970-01-01T00:00:00.000Z,0.125,1\r\n1970-01-01T00:00:01.500Z,,2\r\n");
});

it("quotes what has commas or quotes, and lets no name become a formula", () => {
  const sheet = sheetOfNodes("Node", "", [], ['a,"b"', "=1+1", "-x"], []);
  expect(csvOf(sheet)).toBe('Node\r\n"a,""b"""\r\n\'=1+1\r\n\'-x\r\n');
});

it("shows times newest first, and says what it leaves out", () => {
  const time = Array.from({ length: 5_000 }, (_, at) => at);
  const table = fitted(sheetOf("Time", time, [{ name: "x", unit: "", values: time }]));
  expect(table.rows[0]).toEqual([4_999, 4_999]);
  expect(table.shown).toBeLessThan(table.all);
  expect(table.all).toBe(5_000);
});

it("shows the last times of nodes, and all of a small sheet", () => {
  const time = Array.from({ length: 100 }, (_, at) => at);
  const wide = fitted(sheetOfNodes("Node", "", time, ["a"], [time]));
  expect(wide.rows[0]?.slice(0, 2)).toEqual(["a", 99]);
  const small = fitted(sheetOfNodes("Node", "", [1, 2], ["a", "b"], [[1, 2], [3, 4]]));
  expect([small.shown, small.all]).toEqual([4, 4]);
  expect(small.rows).toEqual([["a", 2, 1], ["b", 4, 3]]);
});
