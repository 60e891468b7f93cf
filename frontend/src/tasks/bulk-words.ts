/** What is said of many tasks that are cancelled or made urgent at once. */
import { count, plural } from "../i18n/format";
import { defineWords } from "../i18n/words";

export const words = defineWords({
  en: {
    willCancel: (n: number, seconds: number) => `${count(n)} ${plural("en", n, ["task", "tasks"])} will be cancelled in ${seconds} s.`,
    cancelled: (n: number) => `${count(n)} ${plural("en", n, ["task", "tasks"])} cancelled.`,
    priorityChanged: (n: number, priority: string) => `New priority: ${priority} (${count(n)} ${plural("en", n, ["task", "tasks"])}).`,
    notDone: (n: number) => `${count(n)} could not be changed`,
    undo: "Undo",
  },
  de: {
    willCancel: (n: number, seconds: number) => `${count(n)} ${plural("de", n, ["Aufgabe wird", "Aufgaben werden"])} in ${seconds} s abgebrochen.`,
    cancelled: (n: number) => `${count(n)} ${plural("de", n, ["Aufgabe", "Aufgaben"])} abgebrochen.`,
    priorityChanged: (n: number, priority: string) => `Neue Priorität: ${priority} (${count(n)} ${plural("de", n, ["Aufgabe", "Aufgaben"])}).`,
    notDone: (n: number) => `${count(n)} ließen sich nicht ändern`,
    undo: "Rückgängig",
  },
  ru: {
    willCancel: (n: number, seconds: number) => `${count(n)} ${plural("ru", n, ["заявка будет отменена", "заявки будут отменены", "заявок будет отменено"])} через ${seconds} с.`,
    cancelled: (n: number) => `Отменено: ${count(n)} ${plural("ru", n, ["заявка", "заявки", "заявок"])}.`,
    priorityChanged: (n: number, priority: string) => `Новый приоритет: ${priority} (${count(n)} ${plural("ru", n, ["заявка", "заявки", "заявок"])}).`,
    notDone: (n: number) => `Не удалось изменить: ${count(n)}`,
    undo: "Вернуть",
  },
});
