/** The pure parts of an axis: round tops, times as long as the span needs, and a chart's numbers in words. */
import { clockTime } from "../i18n/format";

export interface Summary {
  last: number;
  least: number;
  most: number;
}

/** Last, least and most of the known values; null where there are none. */
export function summaryOf(values: readonly (number | null)[]): Summary | null {
  let summary: Summary | null = null;
  for (const value of values) {
    if (value === null) continue;
    summary = summary
      ? { last: value, least: Math.min(summary.least, value), most: Math.max(summary.most, value) }
      : { last: value, least: value, most: value };
  }
  return summary;
}

/** The top of an axis that holds `most`: 1, 2 or 5 times a power of ten, at least `least`. */
export function niceTop(most: number, least = 1): number {
  if (!(most > least)) return least;
  const power = 10 ** Math.floor(Math.log10(most));
  const top = [1, 2, 5, 10].find((factor) => factor * power >= most * (1 - Number.EPSILON)) ?? 10;
  return top * power;
}

/** Spans (s) from which a time needs no seconds, and from which it needs its day. */
const MINUTES_FROM_S = 1_800;
const DAYS_FROM_S = 86_400;

/** A time under an axis over `spanS` seconds: "14:03:09", "14:03" or "11-27 14:03". */
export function axisTime(seconds: number, spanS: number): string {
  const clock = clockTime(seconds);
  if (spanS < MINUTES_FROM_S) return clock;
  if (spanS < DAYS_FROM_S) return clock.slice(0, 5);
  const date = new Date(seconds * 1000);
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock.slice(0, 5)}`;
}

/** A number under an axis, in few characters: 0.5, 12, 3k, 2M. */
export function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(3))}G`;
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 10_000) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

/** The index of the last time that is not after `wanted`, of ascending times; -1 before the first. */
export function indexBefore(times: readonly number[], wanted: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
