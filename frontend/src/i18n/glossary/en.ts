/** The textbook's terms in English. */
import type { Glossary } from "./terms";

export const en: Glossary = {
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
