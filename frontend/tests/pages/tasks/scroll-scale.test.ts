import { describe, expect, test } from "vitest";
import { heightOf, MOST_PX, placeAt, rowsAt, scrolledTo, type Extent } from "../../../src/pages/tasks/scroll-scale";

const ROW_PX = 36;
const VIEW_PX = 640;
const high: Extent = { total: 1_000_000 * ROW_PX, view: VIEW_PX };
const low: Extent = { total: 1_000 * ROW_PX, view: VIEW_PX };

test("a table of a thousand rows is as high as they are, and is where its element is", () => {
  expect(heightOf(low)).toBe(36_000);
  for (const top of [0, 1, 17_000, 36_000 - VIEW_PX]) expect(placeAt(top, low)).toEqual({ top, real: top });
  expect(scrolledTo(30_000, placeAt(0, low), low)).toEqual({ top: 30_000, real: 30_000 });
});

describe("a table of a million rows", () => {
  const endTop = high.total - VIEW_PX;
  const endReal = MOST_PX - VIEW_PX;

  test("is no higher than a browser makes it, and both of its ends are reached", () => {
    expect(heightOf(high)).toBe(MOST_PX);
    expect(placeAt(high.total, high)).toEqual({ top: endTop, real: endReal });
    expect(scrolledTo(endReal, placeAt(0, high), high).top).toBe(endTop);
    expect(scrolledTo(0, placeAt(endTop, high), high).top).toBe(0);
    expect(rowsAt(endTop, high, ROW_PX, 0)[1]).toBe(1_000_000);
  });

  test("a leap to half of the element is one to half of the rows", () => {
    const { top } = scrolledTo(endReal / 2, placeAt(0, high), high);
    expect(Math.round(top / ROW_PX)).toBe(Math.round(endTop / 2 / ROW_PX));
  });

  test("a step moves by its pixels wherever it is, so that no row is skipped", () => {
    for (const from of [0, 300_000, 18_000_000, endTop - 300_000]) {
      const before = placeAt(from, high);
      const after = scrolledTo(before.real + 120, before, high);
      expect(after.top - before.top).toBe(120);
    }
  });

  test("where it rests no end of the element comes before that of the rows", () => {
    for (let top = 0; top <= endTop; top += 9_973) {
      const { real } = placeAt(top, high);
      expect(real > 0 || top === 0).toBe(true);
      expect(real < endReal || top === endTop).toBe(true);
      expect(Math.abs(scrolledTo(real, { top: 0, real: -1e9 }, high).top - top)).toBeLessThan(5);
    }
  });

  test("near both ends, element and rows run in step", () => {
    expect(placeAt(150_000, high).real).toBe(150_000);
    expect(endReal - placeAt(endTop - 150_000, high).real).toBe(150_000);
  });
});

test("rows in view are those that are seen and some around, and none that is not there", () => {
  expect(rowsAt(0, low, ROW_PX, 12)).toEqual([0, 30]);
  expect(rowsAt(360, low, ROW_PX, 2)).toEqual([8, 30]);
  expect(rowsAt(36_000 - VIEW_PX, low, ROW_PX, 12)[1]).toBe(1_000);
  expect(rowsAt(0, { total: 0, view: VIEW_PX }, ROW_PX, 12)).toEqual([0, 0]);
});
