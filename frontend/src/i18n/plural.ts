/** Forms of a word by number, as Unicode's CLDR names them (Intl.PluralRules). Pure. */
import type { Language } from "../state/language";

/**
 * `[one, other]` in English and German (1 task, 2 tasks), `[one, few, many]` in Russian (1 заявка, 2 заявки, 5 заявок).
 * The catalogs of the server's sentences have the same forms.
 */
export type Forms = readonly [one: string, other: string] | readonly [one: string, few: string, many: string];

/** Which form stands with a number; a Russian fraction takes the form of few (1,5 заявки). */
const PLACES: Record<Language, Partial<Record<Intl.LDMLPluralRule, number>>> = {
  en: { one: 0, other: 1 },
  de: { one: 0, other: 1 },
  ru: { one: 0, few: 1, many: 2, other: 1 },
};

/** How many forms a word has in a language. */
export const FORMS: Record<Language, number> = { en: 2, de: 2, ru: 3 };

const rules = new Map<Language, Intl.PluralRules>();

function rulesOf(language: Language): Intl.PluralRules {
  const known = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, known);
  return known;
}

/** The form that stands with `n`, without the number. */
export function plural(language: Language, n: number, forms: Forms): string {
  const place = PLACES[language][rulesOf(language).select(n)] ?? forms.length - 1;
  return forms[place] ?? forms[forms.length - 1] ?? "";
}
