/** What the frame of a chart says. */
import { defineWords } from "../i18n/words";

export const words = defineWords({
  en: {
    asTable: "As table",
    asChart: "As chart",
    csv: "CSV",
    csvOf: (name: string) => `${name}: download as CSV`,
    tableOf: (name: string) => `${name} as table`,
    part: (shown: string, all: string) => `${shown} of ${all} values are shown; the CSV has all.`,
    summary: (last: string, least: string, most: string) => `now ${last}, at least ${least}, at most ${most}`,
    nothing: "no value yet",
  },
  de: {
    asTable: "Als Tabelle",
    asChart: "Als Diagramm",
    csv: "CSV",
    csvOf: (name: string) => `${name}: als CSV herunterladen`,
    tableOf: (name: string) => `${name} als Tabelle`,
    part: (shown: string, all: string) => `${shown} von ${all} Werten sind zu sehen; die CSV-Datei hat alle.`,
    summary: (last: string, least: string, most: string) => `jetzt ${last}, mindestens ${least}, höchstens ${most}`,
    nothing: "noch kein Wert",
  },
  ru: {
    asTable: "Таблицей",
    asChart: "Графиком",
    csv: "CSV",
    csvOf: (name: string) => `${name}: скачать как CSV`,
    tableOf: (name: string) => `${name}: таблица`,
    part: (shown: string, all: string) => `Показано значений: ${shown} из ${all}; в CSV есть все.`,
    summary: (last: string, least: string, most: string) => `сейчас ${last}, не меньше ${least}, не больше ${most}`,
    nothing: "значений пока нет",
  },
});
