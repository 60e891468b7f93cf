/** The translation of the page into the chosen language, as a hook. */
import { useView } from "../state/view";
import { de } from "./de";
import { en, type Translation } from "./en";
import { glossaries } from "./glossary";

export const translations = { en, de };
export type Language = keyof typeof translations;

export const useTranslation = (): Translation => translations[useView((view) => view.language)];
export const useGlossary = () => glossaries[useView((view) => view.language)];
