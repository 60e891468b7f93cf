/** The words of what all pages share: their names, the way between them, and what is said where there is none. */
import { defineWords } from "../i18n/words";

export const words = defineWords({
  en: {
    pages: { lab: "Lab", dashboard: "Dashboard", tasks: "Tasks", executors: "Executors", experiments: "Experiments", traces: "Runs", workshop: "Workshop", guide: "Guide" },
    navigation: "Pages",
    openNavigation: "Pages and theme",
    loading: "Loading…",
    failedTitle: "This page did not load",
    failedDetail: "The lab may have been started again with another build, or the connection is gone.",
    reload: "Load it again",
    missingTitle: "There is no such page",
    missingDetail: (path: string) => `Nothing is at ${path}. The pages of this lab are:`,
  },
  de: {
    pages: { lab: "Labor", dashboard: "Übersicht", tasks: "Aufgaben", executors: "Ausführende", experiments: "Experimente", traces: "Läufe", workshop: "Werkstatt", guide: "Einführung" },
    navigation: "Seiten",
    openNavigation: "Seiten und Farben",
    loading: "Wird geladen …",
    failedTitle: "Diese Seite ließ sich nicht laden",
    failedDetail: "Vielleicht wurde das Labor mit einem anderen Stand neu gestartet, oder die Verbindung ist weg.",
    reload: "Neu laden",
    missingTitle: "Diese Seite gibt es nicht",
    missingDetail: (path: string) => `Unter ${path} ist nichts. Die Seiten dieses Labors sind:`,
  },
  ru: {
    pages: { lab: "Лаборатория", dashboard: "Обзор", tasks: "Заявки", executors: "Исполнители", experiments: "Эксперименты", traces: "Запуски", workshop: "Мастерская", guide: "Введение" },
    navigation: "Страницы",
    openNavigation: "Страницы и оформление",
    loading: "Загрузка…",
    failedTitle: "Страница не загрузилась",
    failedDetail: "Возможно, лаборатория запущена заново в другой сборке или связь с ней потеряна.",
    reload: "Загрузить снова",
    missingTitle: "Такой страницы нет",
    missingDetail: (path: string) => `По адресу ${path} ничего нет. Страницы этой лаборатории:`,
  },
});
