/**
 * Numbers, times and durations as people read them: with units, with thin spaces, never more digits than mean something.
 * They are written in the language that the page speaks just now (`formatIn`): the decimal sign and the units differ.
 */
import type { Language } from "../state/language";

export { plural } from "./plural";

type Unit = "ms" | "s" | "min" | "h" | "d" | "bit" | "kbit" | "Mbit" | "B" | "kB" | "MB" | "GB";

const LATIN: Record<Unit, string> = {
  ms: "ms", s: "s", min: "min", h: "h", d: "d", bit: "bit", kbit: "kbit", Mbit: "Mbit", B: "B", kB: "kB", MB: "MB", GB: "GB",
};
const UNITS: Record<Language, Record<Unit, string>> = {
  en: LATIN,
  de: { ...LATIN, d: "Tg." },
  ru: {
    ms: "мс", s: "с", min: "мин", h: "ч", d: "д", bit: "бит", kbit: "кбит", Mbit: "Мбит", B: "Б", kB: "кБ", MB: "МБ", GB: "ГБ",
  },
};

let language: Language = "en";
let decimals = new Map<string, Intl.NumberFormat>();

/** Write everything from now on as `spoken` does. */
export function formatIn(spoken: Language): void {
  language = spoken;
  decimals = new Map();
}

/** A number with at least `least` and at most `most` digits after the decimal sign. */
export function decimal(value: number, most: number, least = most): string {
  const key = `${least} ${most}`;
  const format = decimals.get(key)
    ?? new Intl.NumberFormat(language, { minimumFractionDigits: least, maximumFractionDigits: most, useGrouping: false });
  decimals.set(key, format);
  return format.format(value);
}

const measured = (value: string, unit: Unit): string => `${value} ${UNITS[language][unit]}`;

/** 1234567 -> "1 234 567" (narrow no-break spaces: the same in every language). */
export function count(value: number): string {
  const sign = value < 0 ? "-" : "";
  return sign + Math.abs(Math.round(value)).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  if (value >= 10_000) return measured(decimal(value / 1000, 1), "s");
  if (value >= 1_000) return measured(decimal(value / 1000, 2), "s");
  if (value >= 100) return measured(decimal(value, 0), "ms");
  return measured(decimal(value, value >= 10 ? 1 : 2), "ms");
}

/** A delay that somebody has set, so without digits that nobody has measured. */
export function delay(ms: number): string {
  return ms < 1_000 ? measured(decimal(ms, 3, 0), "ms") : measured(decimal(ms / 1_000, 6, 0), "s");
}

const SPANS: readonly [Unit, number][] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];

/** A time that went by, in its two greatest units: 12200 s -> "3 h 23 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = SPANS.findIndex(([, size]) => whole >= size);
  if (first === -1) return measured("0", "s");
  const shown = SPANS.slice(first, first + 2).map(([unit, size], place) =>
    [unit, Math.floor(place === 0 ? whole / size : (whole % (SPANS[first]?.[1] ?? 1)) / size)] as const);
  return shown.filter(([, value], place) => place === 0 || value > 0).map(([unit, value]) => measured(String(value), unit)).join(" ");
}

export function bits(value: number | null): string {
  if (value === null) return "–";
  if (value < 10_000) return measured(count(value), "bit");
  if (value < 10_000_000) return measured(decimal(value / 1000, 1), "kbit");
  return measured(decimal(value / 1_000_000, 1), "Mbit");
}

export function bytes(value: number): string {
  if (value < 1_000) return measured(count(value), "B");
  if (value < 1_000_000) return measured(decimal(value / 1_000, 1), "kB");
  if (value < 1_000_000_000) return measured(decimal(value / 1_000_000, 1), "MB");
  return measured(decimal(value / 1_000_000_000, 2), "GB");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}\u202f%`;
}

/** A load that is no whole number of cores, such as a mean: so few digits after the decimal sign. */
export function load(cores: number, digits = 1): string {
  return decimal(cores, digits);
}

/** Unix seconds -> "14:03:09" where the reader is. */
export function clockTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Unix seconds -> "27 Nov 2026" where the reader is. */
export function day(seconds: number): string {
  const region = { en: "en-GB", de: "de", ru: "ru" }[language];
  return new Intl.DateTimeFormat(region, { day: "numeric", month: "short", year: "numeric" }).format(seconds * 1000);
}

/** As `clockTime`, with the day where that is another one. */
export function when(seconds: number, now = new Date()): string {
  const today = new Date(seconds * 1000).toDateString() === now.toDateString();
  return today ? clockTime(seconds) : `${day(seconds)}, ${clockTime(seconds)}`;
}

/** At most `most` names, then how many more. */
export function names(all: readonly string[], most: number): string {
  if (all.length <= most) return all.join(", ");
  return `${all.slice(0, most).join(", ")} +${all.length - most}`;
}
