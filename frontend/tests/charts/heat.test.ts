import { expect, it } from "vitest";
import { everyRow, greatest, pixelsOf, pooled, shortened } from "../../src/charts/heat";

it("gives each node a row where there is room", () => {
  const { groups, values } = pooled([[1, null], [2, 3]], 2, 100);
  expect(groups).toEqual([[0, 1], [1, 2]]);
  expect([...values]).toEqual([1, Number.NaN, 2, 3]);
});

it("shows the hottest of the nodes that share a row", () => {
  const rows = Array.from({ length: 1_000 }, (_, node) => [node === 500 ? 64 : 1]);
  const { groups, values } = pooled(rows, 1, 300);
  expect(groups).toHaveLength(300);
  expect(groups.reduce((sum, [first, end]) => sum + end - first, 0)).toBe(1_000);
  expect([...values].filter((value) => value === 64)).toHaveLength(1);
});

it("does not take nothing for a value, nor a zero for nothing", () => {
  const { values } = pooled([[null, 0], [null, null]], 2, 1);
  expect([...values]).toEqual([Number.NaN, 0]);
});

it("paints a pixel a cell, and leaves clear what is not known", () => {
  const pixels = pixelsOf(pooled([[1, null]], 2, 1), (value) => [value, 2, 3]);
  expect([...pixels]).toEqual([1, 2, 3, 255, 0, 0, 0, 0]);
});

it("finds the greatest value, names as many rows as have room, and shortens a name", () => {
  expect(greatest([[1, null], [4, 2]])).toBe(4);
  expect(greatest([])).toBe(0);
  expect(everyRow(15, 240, 14)).toBe(1);
  expect(everyRow(300, 300, 14)).toBe(15);
  expect([shortened("amber", 7), shortened("amber-and-more", 7)]).toEqual(["amber", "amber-…"]);
});
