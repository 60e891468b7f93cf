/** The language that the page speaks just now. Only the chosen one is loaded; the others are chunks of their own. */
import { create } from "zustand";
import { useView } from "../state/view";
import type { Translation } from "./en";
import { formatIn } from "./format";
import type { Glossary } from "./glossary/terms";
import type { Language } from "../state/language";
import type { Plain } from "./plain";
import type { Catalog } from "./sentences";

export interface Spoken {
  language: Language;
  words: Translation;
  glossary: Glossary;
  /** The sentences of the server, by their templates in English. */
  catalog: Catalog;
  /** Finds out which sentence of them a plain text is. */
  plain: Plain;
}

type Loaded = Omit<Spoken, "language">;

const LOAD: Record<Language, () => Promise<Loaded>> = {
  en: () => import("./languages/en"),
  de: () => import("./languages/de"),
  ru: () => import("./languages/ru"),
};

const useStore = create<{ spoken: Spoken | null }>()(() => ({ spoken: null }));

function present(spoken: Spoken | null): Spoken {
  if (!spoken) throw new Error("speak() comes before the first word is said");
  return spoken;
}

/** Load a language and speak it; the last one that was asked for wins. */
export async function speak(language: Language): Promise<void> {
  const { words, glossary, catalog, plain } = await LOAD[language]();
  if (useView.getState().language !== language) return;
  formatIn(language);
  if (typeof document !== "undefined") document.documentElement.lang = language;
  useStore.setState({ spoken: { language, words, glossary, catalog, plain } });
}

/** Speak what the reader chooses from now on. Where it cannot be loaded, the choice goes back to what is spoken. */
export function followChoice(): () => void {
  return useView.subscribe(({ language }, before) => {
    if (language === before.language) return;
    speak(language).catch(() => {
      if (useView.getState().language === language) useView.setState({ language: spokenNow().language });
    });
  });
}

/** For whoever is no component; a component uses `useSpoken`, so that it says everything anew in another language. */
export const spokenNow = (): Spoken => present(useStore.getState().spoken);

export const useSpoken = (): Spoken => present(useStore((state) => state.spoken));
