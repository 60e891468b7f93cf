/** The words of the questions that a hall answers before a step is shown. */
import { count } from "../../../i18n/format";
import { defineWords } from "../../../i18n/words";

export const predictWords = defineWords({
  en: {
    predict: "Ask before each step",
    how: "Press “One step on”: the step is not shown before somebody has guessed.",
    question: (node: string) => `What will ${node} do?`,
    answers: {
      nothing: "It sends nothing",
      one: "It sends one message",
      several: "It sends several messages",
      decides: "It decides",
      both: "It sends and decides",
    },
    lower: (answer: string) => `${answer}: take a hand down`,
    show: "Show",
    right: "Right:",
    score: (right: number, all: number) => `${count(right)} of ${count(all)} hands were right so far.`,
  },
  de: {
    predict: "Vor jedem Schritt fragen",
    how: "„Einen Schritt vor“ drücken: Der Schritt wird erst gezeigt, wenn jemand geraten hat.",
    question: (node: string) => `Was wird ${node} tun?`,
    answers: {
      nothing: "Er sendet nichts",
      one: "Er sendet eine Nachricht",
      several: "Er sendet mehrere Nachrichten",
      decides: "Er entscheidet",
      both: "Er sendet und entscheidet",
    },
    lower: (answer: string) => `${answer}: eine Hand senken`,
    show: "Zeigen",
    right: "Richtig:",
    score: (right: number, all: number) => `Bisher waren ${count(right)} von ${count(all)} Händen richtig.`,
  },
  ru: {
    predict: "Спрашивать перед каждым шагом",
    how: "Нажмите «Шаг вперёд»: шаг не показан, пока никто не ответил.",
    question: (node: string) => `Что сделает ${node}?`,
    answers: {
      nothing: "Ничего не отправит",
      one: "Отправит одно сообщение",
      several: "Отправит несколько сообщений",
      decides: "Примет решение",
      both: "Отправит и примет решение",
    },
    lower: (answer: string) => `${answer}: опустить руку`,
    show: "Показать",
    right: "Верно:",
    score: (right: number, all: number) => `Пока верно ответили: ${count(right)} из ${count(all)}.`,
  },
});
