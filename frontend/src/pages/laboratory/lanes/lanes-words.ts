/** The words for the lanes of the space-time diagram. */
import { count, plural } from "../../../i18n/format";
import { defineWords } from "../../../i18n/words";

export const lanesWords = defineWords({
  en: {
    title: "Choose lanes",
    some: (own: number, all: number) => `Lanes: ${count(own)} of ${count(all)}`,
    search: "Nodes whose name has",
    causes: "Only nodes that led to this step",
    hint: "All others share one lane below. Alt with ↑ or ↓ moves a lane.",
    up: (name: string) => `${name}: up`,
    down: (name: string) => `${name}: down`,
    own: (name: string) => `${name}: a lane of its own`,
    all: "All lanes as they were",
    none: "No node has such a name.",
    andMore: (more: number) => `and ${count(more)} more`,
    together: (nodes: number) => `${count(nodes)} ${plural("en", nodes, ["other node", "other nodes"])}`,
  },
  de: {
    title: "Bahnen wählen",
    some: (own: number, all: number) => `Bahnen: ${count(own)} von ${count(all)}`,
    search: "Knoten, in deren Namen steht",
    causes: "Nur Knoten, die zu diesem Schritt führten",
    hint: "Alle anderen teilen sich unten eine Bahn. Alt mit ↑ oder ↓ verschiebt eine Bahn.",
    up: (name: string) => `${name}: nach oben`,
    down: (name: string) => `${name}: nach unten`,
    own: (name: string) => `${name}: eine eigene Bahn`,
    all: "Alle Bahnen wie zuvor",
    none: "Kein Knoten heißt so.",
    andMore: (more: number) => `und ${count(more)} weitere`,
    together: (nodes: number) => `${count(nodes)} ${plural("de", nodes, ["anderer", "andere"])}`,
  },
  ru: {
    title: "Выбрать дорожки",
    some: (own: number, all: number) => `Дорожки: ${count(own)} из ${count(all)}`,
    search: "Узлы, в имени которых есть",
    causes: "Только узлы, которые привели к этому шагу",
    hint: "У всех остальных одна общая дорожка внизу. Alt с ↑ или ↓ передвигает дорожку.",
    up: (name: string) => `${name}: выше`,
    down: (name: string) => `${name}: ниже`,
    own: (name: string) => `${name}: своя дорожка`,
    all: "Все дорожки как были",
    none: "Узла с таким именем нет.",
    andMore: (more: number) => `и ещё ${count(more)}`,
    together: (nodes: number) => `${count(nodes)} ${plural("ru", nodes, ["другой узел", "других узла", "других узлов"])}`,
  },
});
