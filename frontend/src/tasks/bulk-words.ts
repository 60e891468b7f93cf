/** What is said of many tasks that are cancelled or made urgent at once. */
import type { CountedTasks } from "../api/types";
import { count, plural } from "../i18n/format";
import { defineWords } from "../i18n/words";

/** "12 000", or "at least 200 000". */
const about = ({ tasks, exact }: CountedTasks, atLeast: string): string => (exact ? count(tasks) : `${atLeast} ${count(tasks)}`);

export const words = defineWords({
  en: {
    willCancel: (n: CountedTasks, seconds: number) => `${about(n, "at least")} ${plural("en", n.tasks, ["task", "tasks"])} will be cancelled in ${seconds} s.`,
    cancelled: (n: number) => `${count(n)} ${plural("en", n, ["task", "tasks"])} cancelled.`,
    priorityChanged: (n: number, priority: string) => `New priority: ${priority} (${count(n)} ${plural("en", n, ["task", "tasks"])}).`,
    notDone: (n: number) => `${count(n)} could not be changed`,
    noneMeant: "Nothing can be done to any of them any more.",
    selectMatching: (n: CountedTasks) => `Select all that match (${about(n, "at least")})`,
    matchingSelected: "All that match are selected",
    swept: { cancel: "Cancelled", priority: "Priority changed" },
    sweptOf: (n: number, of: CountedTasks) => `${count(n)} of ${about(of, "at least")}`,
    stop: "Stop",
    undo: "Undo",
  },
  de: {
    willCancel: (n: CountedTasks, seconds: number) => `${about(n, "mindestens")} ${plural("de", n.tasks, ["Aufgabe wird", "Aufgaben werden"])} in ${seconds} s abgebrochen.`,
    cancelled: (n: number) => `${count(n)} ${plural("de", n, ["Aufgabe", "Aufgaben"])} abgebrochen.`,
    priorityChanged: (n: number, priority: string) => `Neue Priorität: ${priority} (${count(n)} ${plural("de", n, ["Aufgabe", "Aufgaben"])}).`,
    notDone: (n: number) => `${count(n)} ließen sich nicht ändern`,
    noneMeant: "Mit keiner von ihnen lässt sich noch etwas tun.",
    selectMatching: (n: CountedTasks) => `Alle passenden auswählen (${about(n, "mindestens")})`,
    matchingSelected: "Alle passenden sind ausgewählt",
    swept: { cancel: "Abgebrochen", priority: "Priorität geändert" },
    sweptOf: (n: number, of: CountedTasks) => `${count(n)} von ${about(of, "mindestens")}`,
    stop: "Anhalten",
    undo: "Rückgängig",
  },
  ru: {
    willCancel: (n: CountedTasks, seconds: number) => `${about(n, "не менее")} ${plural("ru", n.tasks, ["заявка будет отменена", "заявки будут отменены", "заявок будет отменено"])} через ${seconds} с.`,
    cancelled: (n: number) => `Отменено: ${count(n)} ${plural("ru", n, ["заявка", "заявки", "заявок"])}.`,
    priorityChanged: (n: number, priority: string) => `Новый приоритет: ${priority} (${count(n)} ${plural("ru", n, ["заявка", "заявки", "заявок"])}).`,
    notDone: (n: number) => `Не удалось изменить: ${count(n)}`,
    noneMeant: "Ни одну из них уже нельзя изменить.",
    selectMatching: (n: CountedTasks) => `Выбрать все подходящие (${about(n, "не менее")})`,
    matchingSelected: "Выбраны все подходящие",
    swept: { cancel: "Отменено", priority: "Приоритет изменён" },
    sweptOf: (n: number, of: CountedTasks) => `${count(n)} из ${about(of, "не менее")}`,
    stop: "Остановить",
    undo: "Вернуть",
  },
});
