/** What a choice of several says. */
import { plural } from "../i18n/format";
import { defineWords } from "../i18n/words";

export const words = defineWords({
  en: {
    every: "all", commas: "one, or several with commas", noCategory: "no category", noRole: "no role", all: "All again", find: "Find", nothing: "Nothing has this in its name.",
    chosen: (n: number) => `${n} chosen`,
    further: (n: string) => `${n} more: write a part of the name.`,
  },
  de: {
    every: "alle", commas: "einer, oder mehrere mit Kommas", noCategory: "keine Kategorie", noRole: "keine Rolle", all: "Wieder alle", find: "Suchen", nothing: "Nichts heißt so.",
    chosen: (n: number) => `${n} gewählt`,
    further: (n: string) => `${n} weitere: einen Teil des Namens eingeben.`,
  },
  ru: {
    every: "все", commas: "одно или несколько через запятую", noCategory: "без категории", noRole: "без роли", all: "Снова все", find: "Найти", nothing: "С таким именем ничего нет.",
    chosen: (n: number) => `${plural("ru", n, ["выбрано", "выбраны", "выбрано"])} ${n}`,
    further: (n: string) => `Ещё ${n}: введите часть имени.`,
  },
});
