/** The dashboard's numbers as people read them, by their unit. */
import { count, decimal } from "../../i18n/format";
import type { Unit } from "./charts";

const digits = (value: number, most: number): string => decimal(value, most, 0);

/** Whole numbers with their spaces; else as many digits as mean something. */
export const number = (value: number): string => (Number.isInteger(value) || Math.abs(value) >= 1_000 ? count(value) : digits(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2));

const FORMATS: Partial<Record<Unit, (value: number) => string>> = {
  share: (value) => digits(value * 100, 1),
  bytes: (value) => digits(value / 1e6, value >= 1e8 ? 0 : 1),
};

/** A value in the unit of its chart, without the unit. */
export const formatOf = (unit: Unit): ((value: number) => string) => FORMATS[unit] ?? number;

/** What a value is multiplied by for the unit that a CSV names. */
const SCALES: Partial<Record<Unit, number>> = { share: 100, bytes: 1e-6 };
export const scaled = (unit: Unit, values: readonly (number | null)[]): (number | null)[] => {
  const by = SCALES[unit];
  return by === undefined ? [...values] : values.map((value) => (value === null ? null : Number((value * by).toPrecision(12))));
};
