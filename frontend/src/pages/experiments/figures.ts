/** Figures of reports as people read them, and where an interval lies on a scale. Pure. */
import type { Figure } from "../../api/types";
import { count, decimal } from "../../i18n/format";

const DIGITS = 4;

/** Four significant digits, or all those before the point; a dash for none. */
export function numberText(value: number | null): string {
  if (value === null) return "–";
  const size = Math.abs(value);
  if (size >= 1_000) return count(value);
  if (size === 0) return "0";
  const before = Math.floor(Math.log10(size)) + 1;
  return decimal(value, Math.min(12, Math.max(0, DIGITS - before)), 0);
}

interface Bounded {
  low: number | null;
  high: number | null;
}

/** `12.3 [11.9, 12.8]`; the mean alone where it is certain or has no interval. */
export function intervalText(mean: number | null, { low, high }: Bounded): string {
  if (low === null || high === null || low === high) return numberText(mean);
  return `${numberText(mean)} [${numberText(low)}; ${numberText(high)}]`;
}

/** Whether an interval excludes 0, so that chance hardly explains the difference. */
export const isClear = ({ low, high }: Bounded): boolean => low !== null && high !== null && (low > 0 || high < 0);

/** The columns by which cases are told apart: the factors of which there is more than one value among them. */
export function columnsOf(lines: readonly { case: Record<string, string> }[]): string[] {
  const names = [...new Set(lines.flatMap((line) => Object.keys(line.case)))];
  const varied = names.filter((name) => new Set(lines.map((line) => line.case[name])).size > 1);
  return varied.length > 0 ? varied : names.slice(0, 1);
}

/** The least and the greatest that figures and their intervals reach; null where there are none. */
export function spanOf(figures: readonly (Figure | null)[]): [number, number] | null {
  const all = figures.flatMap((one) => (one ? [one.mean, one.low, one.high] : [])).filter((value) => value !== null);
  return all.length === 0 ? null : [Math.min(...all), Math.max(...all)];
}

/** Where a value lies in a span, 0 to 1. */
export const placeIn = ([least, most]: readonly [number, number], value: number): number =>
  most > least ? (value - least) / (most - least) : 0.5;
