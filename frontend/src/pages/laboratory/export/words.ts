/** The words of taking a run along. */
import { defineWords } from "../../../i18n/words";

export const exportWords = defineWords({
  en: {
    save: "Save",
    formats: {
      html: "HTML file, opens without a server",
    },
    making: "Making the file …",
    saved: (file: string) => `Saved: ${file}`,
    failed: "The file could not be made",
    busy: "The session is at something else; try again.",
  },
  de: {
    save: "Speichern",
    formats: {
      html: "HTML-Datei, öffnet sich ohne Server",
    },
    making: "Die Datei wird erstellt …",
    saved: (file: string) => `Gespeichert: ${file}`,
    failed: "Die Datei ließ sich nicht erstellen",
    busy: "Die Sitzung ist mit anderem beschäftigt; versuchen Sie es noch einmal.",
  },
  ru: {
    save: "Сохранить",
    formats: {
      html: "Файл HTML, открывается без сервера",
    },
    making: "Файл создаётся …",
    saved: (file: string) => `Сохранено: ${file}`,
    failed: "Файл создать не удалось",
    busy: "Сеанс занят другим; попробуйте ещё раз.",
  },
});
