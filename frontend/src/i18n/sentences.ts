/**
 * Sentences of the server in the reader's language. Each comes with its code, which is the English template, and with
 * its parameters; a catalog holds the translated template, or one for each plural form. Pure.
 */
import { count, decimal } from "./format";
import type { Language } from "../state/language";
import type { Plain } from "./plain";
import { plural, type Forms } from "./plural";

/** A translated template, or its forms by `{count}`. */
export type Catalog = Readonly<Record<string, string | Forms>>;

/** A sentence inside of another one: its English form is in the outer one's text. */
export interface Inner {
  code: string;
  parameters?: unknown;
  /** What it says in English. */
  text?: unknown;
}

export const joined = (parts: Readonly<Record<string, Catalog>>): Catalog =>
  Object.fromEntries(Object.values(parts).flatMap((part) => Object.entries(part)));

const isInner = (value: unknown): value is Inner =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";

/** A parameter's place: `{name}`, or as Python writes it, such as `{name:.1f}` for a number with so many digits. */
const PLACE = /\{(\w+)(?:![rs])?(?::(?:\.(\d)f|[^{}]*))?\}/gu;

/** Parameters that are words of the server's, each of which a catalog has. */
const TITLES = new Set(["algorithm", "priority", "reason"]);

const written = (value: number): string => (Number.isInteger(value) ? count(value) : decimal(value, 3, 0));

/** A number as only a program writes it. */
const THOUSANDS = /^\d{1,3}(?:,\d{3})+$/u;

const NO_PLAIN: Plain = () => null;

/** A plain text in `language`: one that a catalog has as it is, or that `plain` knows; null of any other. */
export function plainSentence(catalog: Catalog, language: Language, english: string, plain: Plain): string | null {
  const found = Object.hasOwn(catalog, english) ? catalog[english] : undefined;
  if (typeof found === "string") return found;
  const known = plain(english);
  return known && sentence(catalog, language, known, plain);
}

/** The sentence in `language`; null where the catalog does not have it, or one inside of it. */
export function sentence(catalog: Catalog, language: Language, { code, parameters }: Inner, plain = NO_PLAIN): string | null {
  const found = Object.hasOwn(catalog, code) ? catalog[code] : undefined;
  if (found === undefined) return null;
  const given = (typeof parameters === "object" && parameters !== null ? parameters : {}) as Readonly<Record<string, unknown>>;
  const template = typeof found === "string" ? found : plural(language, Number(given.count), found);
  const said = (value: unknown): string | null => {
    if (isInner(value)) {
      const own = sentence(catalog, language, value, plain);
      return own ?? (typeof value.text === "string" ? (plainSentence(catalog, language, value.text, plain) ?? value.text) : null);
    }
    if (Array.isArray(value)) {
      const all = value.map(said);
      return all.includes(null) ? null : all.join(value.every(isInner) ? "; " : ", ");
    }
    if (typeof value === "number") return written(value);
    const text = String(value);
    if (THOUSANDS.test(text)) return count(Number(text.replaceAll(",", "")));
    return (text.includes(" ") ? plainSentence(catalog, language, text, plain) : null) ?? text; // no name has a space
  };
  const unknown: string[] = [];
  const text = template.replace(PLACE, (whole, name: string, digits: string | undefined) => {
    const number = digits === undefined ? null : given[name];
    if (typeof number === "number") return decimal(number, Number(digits));
    const title = TITLES.has(name) && typeof given[name] === "string" ? catalog[given[name]] : undefined;
    if (typeof title === "string") return title;
    const value = Object.hasOwn(given, name) ? said(given[name]) : whole;
    if (value === null) unknown.push(name);
    return value ?? "";
  });
  return unknown.length === 0 ? text : null;
}
