/** The textbook's terms and what they mean (Tel, Introduction to Distributed Algorithms, 2nd ed., chapter 6). */

export type TermId =
  | "wave" | "initiator" | "parent" | "decide" | "decide-alone" | "echo" | "finn-lab" | "finn-full" | "bound" | "load" | "imbalance"
  | "overloaded" | "moves" | "causal" | "executor" | "role" | "weight" | "request" | "attempt" | "deadline" | "dead-letter" | "engine";

type Glossary = Record<TermId, { term: string; meaning: string }>;

const en: Glossary = {
  wave: { term: "wave", meaning: "A computation that ends, in which at least one node decides, and in which every decision is preceded by an event in each node." },
  initiator: { term: "initiator", meaning: "A node that starts the algorithm of its own accord; all others begin when their first message arrives." },
  parent: { term: "parent", meaning: "The neighbour from which a node heard of the wave first. All parents together form a spanning tree." },
  decide: { term: "decide", meaning: "The event that ends a wave at a node: it comes after an event in every node, so that every node has taken part." },
  "decide-alone": { term: "decide", meaning: "The event by which a node has its result; it need not have heard from all others." },
  echo: { term: "Echo", meaning: "Chang 1982. Messages run out over every link; when a node has heard from all neighbours it answers its parent. Exactly 2|E| messages." },
  "finn-lab": { term: "Finn, lab course", meaning: "Finn's packet sent down the tree, once per node: a broadcast with Finn's bookkeeping, N − 1 messages. Each node adds one task to itself." },
  "finn-full": { term: "Finn, textbook", meaning: "Finn 1979. Every node sends the sets Inc and NInc on all its links whenever they grow and decides when they are equal. At most 4N|E| messages, and long ones." },
  bound: { term: "proven", meaning: "The number of messages that is proven for this algorithm on this network." },
  load: { term: "load", meaning: "The cores that the tasks of a node hold or wait for. Up to cpu are held at once." },
  imbalance: { term: "imbalance", meaning: "The highest load/cpu divided by the average, minus 1. Zero means evenly spread." },
  overloaded: { term: "overloaded", meaning: "A node whose load is at least max_cpu percent of its cpu." },
  moves: { term: "moves", meaning: "Tasks that the balancer has moved from one node to another." },
  executor: { term: "executor", meaning: "A node as what takes tasks: its roles, its weight, its limit, and whether it is active. An inactive one gets nothing new and finishes what it has." },
  role: { term: "role", meaning: "A word that says what a node is for. A task that asks for roles runs only on a node that has one of them." },
  weight: { term: "weight", meaning: "Of a task: the cores that it holds. Of an executor: its share of new tasks, as if it had so many times its cores." },
  request: { term: "request", meaning: "Tasks that were submitted together, or under one name." },
  attempt: { term: "attempt", meaning: "Once that a task was begun. A script that gave no result may be tried again, after a pause; a task whose node ended is begun again." },
  deadline: { term: "deadline", meaning: "The time by which a task must be over. Else it fails; if it runs by then it is cut." },
  "dead-letter": { term: "dead letter", meaning: "A failed task: it is kept with its reason and is not tried again by itself. It can be put back." },
  engine: { term: "engine", meaning: "What runs the scripts of tasks in processes of their own, with a time and a memory limit. Each node has one; it works without a lab, too." },
  causal: { term: "causal order", meaning: "An event comes before another if both are in one node in this order, or one sends the message that the other receives, or by a chain of these." },
};

const de: Glossary = {
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

export const glossaries = { en, de };
