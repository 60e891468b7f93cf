/** The words for breakpoints. */
import { defineWords } from "../../../i18n/words";

export const stopsWords = defineWords({
  en: {
    title: "Run to a breakpoint",
    node: "At the node", any: "any",
    kind: "When it", condition: "While a variable is", conditionHint: "such as parent == 3",
    run: "Run to it", step: "The node's next event",
    notMet: "The run has ended before that.",
    kinds: {
      start: "starts", receive: "receives", send: "sends", timer: "has a timer go off", down: "learns of a neighbour that is down",
      decide: "decides", drop: "loses a message", crash: "crashes", restart: "comes back",
    },
  },
  de: {
    title: "Bis zu einem Haltepunkt",
    node: "Am Knoten", any: "irgendeiner",
    kind: "Wenn er", condition: "Sobald eine Variable so ist", conditionHint: "zum Beispiel parent == 3",
    run: "Bis dorthin", step: "Nächstes Ereignis des Knotens",
    notMet: "Der Lauf war vorher zu Ende.",
    kinds: {
      start: "beginnt", receive: "empfängt", send: "sendet", timer: "eine Zeituhr ablaufen sieht", down: "von einem ausgefallenen Nachbarn erfährt",
      decide: "entscheidet", drop: "eine Nachricht verliert", crash: "abstürzt", restart: "zurückkommt",
    },
  },
  ru: {
    title: "До точки останова",
    node: "Узел", any: "любой",
    kind: "Когда он", condition: "Когда переменная такова", conditionHint: "например parent == 3",
    run: "Дойти до неё", step: "Следующее событие узла",
    notMet: "Исполнение закончилось раньше.",
    kinds: {
      start: "начинает", receive: "получает", send: "отправляет", timer: "слышит свой таймер", down: "узнаёт о неработающем соседе",
      decide: "принимает решение", drop: "теряет сообщение", crash: "падает", restart: "возвращается",
    },
  },
});
