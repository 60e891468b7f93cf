/** The translation of the page into the chosen language: as hooks, and for whoever is no component. */
import type { Translation } from "./en";
import type { Glossary } from "./glossary/terms";
import { spokenNow, useSpoken } from "./spoken";

export const useTranslation = (): Translation => useSpoken().words;
export const useGlossary = (): Glossary => useSpoken().glossary;
export const translation = (): Translation => spokenNow().words;
