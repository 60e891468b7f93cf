/** The words of the pane with the code of a class. */
import { defineWords } from "../../../i18n/words";

export const codeWords = defineWords({
  en: {
    code: "Code",
    pseudocode: "Pseudocode",
    source: (name: string, file: string) => `${name}, ${file}`,
    handler: (name: string) => `${name} ran here.`,
    noHandler: "No line of the class ran in this step.",
  },
  de: {
    code: "Code",
    pseudocode: "Pseudocode",
    source: (name: string, file: string) => `${name}, ${file}`,
    handler: (name: string) => `Hier lief ${name}.`,
    noHandler: "In diesem Schritt lief keine Zeile der Klasse.",
  },
  ru: {
    code: "Код",
    pseudocode: "Псевдокод",
    source: (name: string, file: string) => `${name}, ${file}`,
    handler: (name: string) => `Здесь выполнился ${name}.`,
    noHandler: "На этом шаге ни одна строка класса не выполнялась.",
  },
});
