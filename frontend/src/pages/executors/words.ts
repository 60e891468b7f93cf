/** The words of the page of executors. */
import { count } from "../../i18n/format";
import { defineWords } from "../../i18n/words";

export const words = defineWords({
  en: {
    heading: "Executors",
    list: "List of executors",
    columns: { name: "Executor", state: "State", roles: "Roles", weight: "Weight", limit: "Limit", load: "Load / cpu", runs: "Runs", active: "Takes tasks" },
    states: { all: "every state", active: "active", inactive: "inactive", down: "down" },
    byState: "State",
    found: (n: number, all: number) => `${count(n)} of ${count(all)}`,
    back: "All executors",
    gone: (name: string) => `There is no executor ${name} in the network of now.`,
    tasks: "Its tasks",
    inLab: "In the lab",
    facts: { state: "State", load: "Load / cpu", port: "Port", runs: "Runs", none: "nothing" },
  },
  de: {
    heading: "Ausführende",
    list: "Liste der Ausführenden",
    columns: { name: "Knoten", state: "Zustand", roles: "Rollen", weight: "Gewicht", limit: "Grenze", load: "Last / cpu", runs: "Führt aus", active: "Nimmt Aufgaben" },
    states: { all: "alle Zustände", active: "aktiv", inactive: "inaktiv", down: "nicht da" },
    byState: "Zustand",
    found: (n: number, all: number) => `${count(n)} von ${count(all)}`,
    back: "Alle Ausführenden",
    gone: (name: string) => `Im jetzigen Netz gibt es keinen Knoten ${name}.`,
    tasks: "Seine Aufgaben",
    inLab: "Im Labor",
    facts: { state: "Zustand", load: "Last / cpu", port: "Port", runs: "Führt aus", none: "nichts" },
  },
  ru: {
    heading: "Исполнители",
    list: "Список исполнителей",
    columns: { name: "Исполнитель", state: "Состояние", roles: "Роли", weight: "Вес", limit: "Предел", load: "Нагрузка / cpu", runs: "Выполняет", active: "Берёт заявки" },
    states: { all: "все состояния", active: "активен", inactive: "неактивен", down: "не работает" },
    byState: "Состояние",
    found: (n: number, all: number) => `${count(n)} из ${count(all)}`,
    back: "Все исполнители",
    gone: (name: string) => `Исполнителя ${name} в нынешней сети нет.`,
    tasks: "Его заявки",
    inLab: "В лаборатории",
    facts: { state: "Состояние", load: "Нагрузка / cpu", port: "Порт", runs: "Выполняет", none: "ничего" },
  },
});
