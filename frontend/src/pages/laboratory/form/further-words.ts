/** The words of what may be said further of a run of one's own. */
import { defineWords } from "../../../i18n/words";

export const furtherWords = defineWords({
  en: {
    title: "Further settings",
    networkFile: "A network of your own (file)",
    withoutFile: "Without that file",
    initiators: "Initiators", initiatorsHint: "names with commas between; empty for the usual ones",
    inputs: "Inputs", inputsHint: 'by name, such as {"root": 3}',
    faults: "Faults (file)",
    loss: "Loss", lossHint: "the probability that a message is lost, 0 to 1",
    duplicate: "Twice", duplicateHint: "the probability that a message arrives twice, 0 to 1",
    maxEvents: "Events at most", maxEventsHint: "empty for the usual number",
    noJson: (field: string) => `${field}: this is no JSON.`,
  },
  de: {
    title: "Weitere Einstellungen",
    networkFile: "Ein eigenes Netz (Datei)",
    withoutFile: "Ohne diese Datei",
    initiators: "Initiatoren", initiatorsHint: "Namen mit Kommas dazwischen; leer für die üblichen",
    inputs: "Eingaben", inputsHint: 'nach Namen, zum Beispiel {"root": 3}',
    faults: "Ausfälle (Datei)",
    loss: "Verlust", lossHint: "die Wahrscheinlichkeit, dass eine Nachricht verloren geht, 0 bis 1",
    duplicate: "Doppelt", duplicateHint: "die Wahrscheinlichkeit, dass eine Nachricht zweimal ankommt, 0 bis 1",
    maxEvents: "Höchstens Ereignisse", maxEventsHint: "leer für die übliche Zahl",
    noJson: (field: string) => `${field}: das ist kein JSON.`,
  },
  ru: {
    title: "Другие настройки",
    networkFile: "Своя сеть (файл)",
    withoutFile: "Без этого файла",
    initiators: "Инициаторы", initiatorsHint: "имена через запятую; пусто — обычные",
    inputs: "Входные данные", inputsHint: 'по именам, например {"root": 3}',
    faults: "Отказы (файл)",
    loss: "Потери", lossHint: "вероятность, что сообщение потеряется, от 0 до 1",
    duplicate: "Дважды", duplicateHint: "вероятность, что сообщение придёт дважды, от 0 до 1",
    maxEvents: "Событий не больше", maxEventsHint: "пусто — обычное число",
    noJson: (field: string) => `${field}: это не JSON.`,
  },
});

export type FurtherWords = typeof furtherWords.en;
