import { expect, it } from "vitest";
import { bits, clockTime, count, delay, milliseconds, names, percent } from "../../src/i18n/format";

it("groups thousands", () => {
  expect([0, 999, 1000, 54_615, 1_234_567].map(count)).toEqual(["0", "999", "1\u202f000", "54\u202f615", "1\u202f234\u202f567"]);
});

it("writes durations with the digits that mean something", () => {
  expect([0.5, 3.14159, 27.52, 333.3, 2040, 12_345].map(milliseconds)).toEqual([
    "0.50 ms", "3.14 ms", "27.5 ms", "333 ms", "2.04 s", "12.3 s",
  ]);
  expect(milliseconds(null)).toBe("–");
});

it("writes a delay as it was set", () => {
  expect([0, 100, 250.5, 1000, 1500, 10_000].map(delay)).toEqual(["0 ms", "100 ms", "250.5 ms", "1 s", "1.5 s", "10 s"]);
});

it("writes sizes in bit, kbit and Mbit", () => {
  expect([900, 28_800, 54_615_000].map(bits)).toEqual(["900 bit", "28.8 kbit", "54.6 Mbit"]);
});

it("writes shares, clock times and lists of names", () => {
  expect(percent(0.756)).toBe("76\u202f%");
  expect(clockTime(1_700_000_000)).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(names(["a", "b"], 3)).toBe("a, b");
  expect(names(["a", "b", "c", "d", "e"], 3)).toBe("a, b, c +2");
});
