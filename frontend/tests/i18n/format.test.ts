import { afterEach, expect, it } from "vitest";
import { bits, bytes, clockTime, count, decimal, delay, duration, formatIn, load, milliseconds, names, percent, when } from "../../src/i18n/format";

afterEach(() => { formatIn("en"); });

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

it("writes a time that went by in its two greatest units", () => {
  expect([0, 0.6, 59, 60, 200, 3600, 12_200, 86_400 * 2 + 3600].map(duration)).toEqual([
    "0 s", "1 s", "59 s", "1 min", "3 min 20 s", "1 h", "3 h 23 min", "2 d 1 h",
  ]);
});

it("writes bytes in the unit that fits", () => {
  expect([900, 28_800, 54_615_000, 1_234_000_000].map(bytes)).toEqual(["900 B", "28.8 kB", "54.6 MB", "1.23 GB"]);
});

it("writes the decimal sign and the units of the language that is spoken", () => {
  formatIn("de");
  expect([milliseconds(27.52), load(2.5), decimal(0.25, 3, 0)]).toEqual(["27,5 ms", "2,5", "0,25"]);
  formatIn("ru");
  expect([milliseconds(27.52), milliseconds(2040), delay(1500), bits(28_800), bytes(54_615_000), duration(200)]).toEqual([
    "27,5 мс", "2,04 с", "1,5 с", "28,8 кбит", "54,6 МБ", "3 мин 20 с",
  ]);
});

it("names the day where it is another one", () => {
  const then = new Date(2026, 10, 27, 14, 3, 9);
  const said = (language: "en" | "de" | "ru", now: Date) => { formatIn(language); return when(then.getTime() / 1000, now); };
  expect(said("ru", then)).toBe("14:03:09");
  expect(said("en", new Date(2026, 10, 28))).toBe("27 Nov 2026, 14:03:09");
  expect(said("de", new Date(2026, 10, 28))).toBe("27. Nov. 2026, 14:03:09");
  expect(said("ru", new Date(2026, 10, 28))).toMatch(/^27 нояб\. 2026 г\., 14:03:09$/u);
});
