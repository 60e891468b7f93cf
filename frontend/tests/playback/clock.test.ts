import { expect, it } from "vitest";
import { SPEEDS, WAVE_SECONDS, advance, sliderAt, speedAt } from "../../src/playback/clock";

it("plays a whole wave in two seconds at speed 1, however long it is", () => {
  for (const length of [6, 1510, 0.02]) {
    expect(advance(0, WAVE_SECONDS * 500, 1, length)).toBeCloseTo(length / 2);
    expect(advance(0, WAVE_SECONDS * 1000, 1, length)).toBeCloseTo(length);
  }
});

it("never leaves the schedule", () => {
  expect(advance(5, 60_000, 4, 6)).toBe(6);
  expect(advance(0, -100, 1, 6)).toBe(0);
});

it("gives the slider all speeds, by equal factors, and back", () => {
  expect(speedAt(0)).toBeCloseTo(SPEEDS.least);
  expect(speedAt(1)).toBeCloseTo(SPEEDS.most);
  expect(speedAt(0.5) ** 2).toBeCloseTo(SPEEDS.least * SPEEDS.most);
  for (const speed of [0.1, 0.5, 1, 4]) expect(speedAt(sliderAt(speed))).toBeCloseTo(speed);
});
