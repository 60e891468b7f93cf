/** The words of a file that shows a run by itself. */
import { defineWords } from "../i18n/words";

export const viewerWords = defineWords({
  en: {
    title: "A run, step by step",
    empty: "No run is in this file.",
    language: "Language",
    theme: "Colours",
    themes: { auto: "as the system", light: "light", dark: "dark" },
    larger: "Larger type",
    source: (file: string) => `The class: ${file}`,
  },
  de: {
    title: "Ein Lauf, Schritt für Schritt",
    empty: "In dieser Datei ist kein Lauf.",
    language: "Sprache",
    theme: "Farben",
    themes: { auto: "wie das System", light: "hell", dark: "dunkel" },
    larger: "Größere Schrift",
    source: (file: string) => `Die Klasse: ${file}`,
  },
  ru: {
    title: "Запуск шаг за шагом",
    empty: "В этом файле нет запуска.",
    language: "Язык",
    theme: "Цвета",
    themes: { auto: "как в системе", light: "светлые", dark: "тёмные" },
    larger: "Крупный шрифт",
    source: (file: string) => `Класс: ${file}`,
  },
});
