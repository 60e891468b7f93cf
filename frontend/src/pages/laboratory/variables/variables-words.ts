/** The words for variables that stand beside the nodes. */
import { defineWords } from "../../../i18n/words";

export const variablesWords = defineWords({
  en: {
    onStage: "Beside the nodes",
    colour: "Colour by",
    none: "what a node has done",
    carries: (from: string, to: string, what: string) => `${from} → ${to}: ${what}`,
    nothing: "nothing",
  },
  de: {
    onStage: "Neben den Knoten",
    colour: "Farbe nach",
    none: "dem, was ein Knoten getan hat",
    carries: (from: string, to: string, what: string) => `${from} → ${to}: ${what}`,
    nothing: "kein Inhalt",
  },
  ru: {
    onStage: "Рядом с узлами",
    colour: "Цвет по",
    none: "тому, что узел сделал",
    carries: (from: string, to: string, what: string) => `${from} → ${to}: ${what}`,
    nothing: "без содержания",
  },
});
