import { expect, it } from "vitest";
import { arcText, arcsOf } from "../../src/playback/arcs";
import { scheduleOf } from "../../src/playback/schedule";
import { echoOfThree } from "../fixtures";

it("gathers messages by link and direction, with their numbers in order", () => {
  const arcs = arcsOf(scheduleOf(echoOfThree(), "measured"));
  expect(arcs.map(({ from, to, numbers }) => [from, to, numbers])).toEqual([
    [0, 1, [1]], [0, 2, [2]], [1, 0, [3]], [2, 0, [4]],
  ]);
});

it("writes a few numbers and counts the rest", () => {
  expect(arcText([3], 2)).toBe("3");
  expect(arcText([3, 9], 2)).toBe("3, 9");
  expect(arcText([3, 9, 12, 14], 2)).toBe("3, 9 +2");
});
