/** The textbook's terms in German. */
import type { Glossary } from "./terms";

export const de: Glossary = {
  wave: { term: "Welle", meaning: "Eine Berechnung, die endet, in der mindestens ein Knoten entscheidet und in der jeder Entscheidung ein Ereignis in jedem Knoten vorausgeht." },
  initiator: { term: "Initiator", meaning: "Ein Knoten, der den Algorithmus von sich aus beginnt; alle anderen beginnen mit ihrer ersten Nachricht." },
  parent: { term: "Elter", meaning: "Der Nachbar, von dem ein Knoten zuerst von der Welle gehört hat. Alle Eltern zusammen bilden einen Spannbaum." },
  decide: { term: "entscheiden", meaning: "Das Ereignis, das eine Welle an einem Knoten beendet: Ihm geht ein Ereignis in jedem Knoten voraus, es haben also alle teilgenommen." },
  "decide-alone": { term: "entscheiden", meaning: "Das Ereignis, mit dem ein Knoten sein Ergebnis hat; er muss nicht von allen anderen gehört haben." },
  echo: { term: "Echo", meaning: "Chang 1982. Nachrichten laufen über jede Kante; hat ein Knoten von allen Nachbarn gehört, antwortet er seinem Elter. Genau 2|E| Nachrichten." },
  "finn-lab": { term: "Finn, Praktikum", meaning: "Finns Paket den Baum hinunter, einmal je Knoten: ein Rundruf mit Finns Buchführung, N − 1 Nachrichten. Jeder Knoten gibt sich eine Aufgabe." },
  "finn-full": { term: "Finn, Lehrbuch", meaning: "Finn 1979. Jeder Knoten sendet die Mengen Inc und NInc über alle Kanten, sooft sie wachsen, und entscheidet, wenn sie gleich sind. Höchstens 4N|E| Nachrichten, und lange." },
  bound: { term: "bewiesen", meaning: "Die Zahl der Nachrichten, die für diesen Algorithmus auf diesem Netz bewiesen ist." },
  load: { term: "Last", meaning: "Die Kerne, die die Aufgaben eines Knotens belegen oder brauchen. Bis zu cpu sind zugleich belegt." },
  imbalance: { term: "Ungleichgewicht", meaning: "Das höchste Last/cpu geteilt durch den Durchschnitt, minus 1. Null heißt gleichmäßig verteilt." },
  overloaded: { term: "überlastet", meaning: "Ein Knoten, dessen Last mindestens max_cpu Prozent seiner cpu beträgt." },
  moves: { term: "Verschiebungen", meaning: "Aufgaben, die der Balancer von einem Knoten zu einem anderen gebracht hat." },
  executor: { term: "Ausführender", meaning: "Ein Knoten als einer, der Aufgaben annimmt: seine Rollen, sein Gewicht, seine Grenze, und ob er aktiv ist. Ein inaktiver bekommt nichts Neues und beendet, was er hat." },
  role: { term: "Rolle", meaning: "Ein Wort, das sagt, wofür ein Knoten da ist. Eine Aufgabe, die Rollen verlangt, läuft nur auf einem Knoten mit einer davon." },
  weight: { term: "Gewicht", meaning: "Einer Aufgabe: die Kerne, die sie belegt. Eines Ausführenden: sein Anteil an neuen Aufgaben, als hätte er so viele Male seine Kerne." },
  request: { term: "Anfrage", meaning: "Aufgaben, die zusammen oder unter einem Namen gegeben wurden." },
  attempt: { term: "Versuch", meaning: "Einmal, dass eine Aufgabe begonnen wurde. Ein Skript ohne Ergebnis kann nach einer Pause noch einmal versucht werden; eine Aufgabe, deren Knoten endete, wird neu begonnen." },
  deadline: { term: "Frist", meaning: "Die Zeit, bis zu der eine Aufgabe vorbei sein muss. Sonst scheitert sie; läuft sie noch, wird sie abgebrochen." },
  "dead-letter": { term: "gescheitert", meaning: "Eine gescheiterte Aufgabe (engl. dead letter): Sie bleibt mit ihrem Grund und wird nicht von selbst wieder versucht. Man kann sie zurückstellen." },
  engine: { term: "Engine", meaning: "Was die Skripte der Aufgaben in eigenen Prozessen ausführt, mit Zeit- und Speichergrenze. Jeder Knoten hat eine; sie arbeitet auch ohne Labor." },
  causal: { term: "kausale Ordnung", meaning: "Ein Ereignis liegt vor einem anderen, wenn beide so in einem Knoten liegen, oder das eine die Nachricht sendet, die das andere empfängt, oder über eine Kette davon." },
};
