/** The words of taking a run along. */
import { count } from "../../../i18n/format";
import { defineWords } from "../../../i18n/words";
import type { Why } from "./refused";

export const exportWords = defineWords({
  en: {
    save: "Save",
    formats: {
      html: "HTML file, opens without a server",
      "stage-png": "Network at this step, PNG",
      "stage-svg": "Network at this step, SVG",
      "diagram-png": "Space-time diagram, PNG",
      "diagram-svg": "Space-time diagram, SVG",
      gif: "Both in motion, animated GIF",
      tikz: "Space-time diagram, TikZ for LaTeX",
      csv: "Events as a table, CSV",
      shiviz: "Log for ShiViz",
    },
    making: "Making the file …",
    cancel: "Cancel",
    saved: (file: string) => `Saved: ${file}`,
    failed: "The file could not be made",
    refused: (why: Why): string => {
      if (why.about === "large") return `The diagram is too large for this format: ${count(why.messages)} messages, ${count(Math.round(why.width))} × ${count(Math.round(why.height))}. Make its columns narrower, or take CSV.`;
      return why.about === "long" ? `The run is too long for this format: ${count(why.steps)} steps, more than ${count(why.most)}. Take a picture of a step, or CSV.` : "";
    },
    busy: "The session is at something else; try again.",
  },
  de: {
    save: "Speichern",
    formats: {
      html: "HTML-Datei, öffnet sich ohne Server",
      "stage-png": "Netz in diesem Schritt, PNG",
      "stage-svg": "Netz in diesem Schritt, SVG",
      "diagram-png": "Raum-Zeit-Diagramm, PNG",
      "diagram-svg": "Raum-Zeit-Diagramm, SVG",
      gif: "Beides in Bewegung, animiertes GIF",
      tikz: "Raum-Zeit-Diagramm, TikZ für LaTeX",
      csv: "Ereignisse als Tabelle, CSV",
      shiviz: "Protokoll für ShiViz",
    },
    making: "Die Datei wird erstellt …",
    cancel: "Abbrechen",
    saved: (file: string) => `Gespeichert: ${file}`,
    failed: "Die Datei ließ sich nicht erstellen",
    refused: (why: Why): string => {
      if (why.about === "large") return `Das Diagramm ist zu groß für dieses Format: ${count(why.messages)} Nachrichten, ${count(Math.round(why.width))} × ${count(Math.round(why.height))}. Machen Sie die Spalten schmaler, oder nehmen Sie CSV.`;
      return why.about === "long" ? `Der Lauf ist zu lang für dieses Format: ${count(why.steps)} Schritte, mehr als ${count(why.most)}. Nehmen Sie das Bild eines Schrittes, oder CSV.` : "";
    },
    busy: "Die Sitzung ist mit anderem beschäftigt; versuchen Sie es noch einmal.",
  },
  ru: {
    save: "Сохранить",
    formats: {
      html: "Файл HTML, открывается без сервера",
      "stage-png": "Сеть на этом шаге, PNG",
      "stage-svg": "Сеть на этом шаге, SVG",
      "diagram-png": "Пространственно-временная диаграмма, PNG",
      "diagram-svg": "Пространственно-временная диаграмма, SVG",
      gif: "То и другое в движении, анимация GIF",
      tikz: "Пространственно-временная диаграмма, TikZ для LaTeX",
      csv: "События таблицей, CSV",
      shiviz: "Журнал для ShiViz",
    },
    making: "Файл создаётся …",
    cancel: "Отменить",
    saved: (file: string) => `Сохранено: ${file}`,
    failed: "Файл создать не удалось",
    refused: (why: Why): string => {
      if (why.about === "large") return `Диаграмма слишком велика для этого формата: сообщений ${count(why.messages)}, размер ${count(Math.round(why.width))} × ${count(Math.round(why.height))}. Сузьте столбцы или возьмите CSV.`;
      return why.about === "long" ? `Прогон слишком длинный для этого формата: шагов ${count(why.steps)}, больше ${count(why.most)}. Возьмите картинку одного шага или CSV.` : "";
    },
    busy: "Сеанс занят другим; попробуйте ещё раз.",
  },
});
