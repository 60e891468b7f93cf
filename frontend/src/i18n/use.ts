/** The dictionary of the chosen language, as a hook. */
import { useView } from "../state/view";
import { de } from "./de";
import { en, type Words } from "./en";
import { glossaries } from "./glossary";

export const dictionaries = { en, de };
export type Language = keyof typeof dictionaries;

export const useWords = (): Words => dictionaries[useView((view) => view.language)];
export const useGlossary = () => glossaries[useView((view) => view.language)];
