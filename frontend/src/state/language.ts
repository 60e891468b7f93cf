/** The languages of the page, and which of them a reader gets who has chosen none. Pure. */

export const LANGUAGES = ["en", "de", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language as it calls itself, so that whoever reads no other one finds it. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch", ru: "Русский" };

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

/** The first of the browser's languages (such as `de-AT`) that the page speaks; English where it speaks none. */
export function languageAmong(preferred: readonly string[]): Language {
  return preferred.map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage) ?? "en";
}
