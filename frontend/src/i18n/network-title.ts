/** What the network is called, in the reader's language. Pure. */
import type { Translation } from "./en";

/** How the server calls a network: its shape or whose it is, and how many nodes it has. */
const SHAPE = /^(.*), (\d+) nodes$/u;
/** How it calls one of which it knows no more than the figures. */
const FIGURES = /^(\d+) nodes?, (\d+) links?, depth \d+, /u;

/** A shape's name; one that nobody has translated bears its own, one called "constructor" too. */
export const shapeName = (names: Record<string, string>, name: string): string => (Object.hasOwn(names, name) ? names[name] : null) ?? name;

export function networkTitle(title: string, words: Translation): string {
  const [, nodes, links] = FIGURES.exec(title) ?? [];
  if (nodes !== undefined) return `${words.nodeCount(Number(nodes))}, ${words.linkCount(Number(links))}`;
  const [, shape, size] = SHAPE.exec(title) ?? [];
  if (shape === undefined) return title;
  const name = shape === "own topology" ? words.ownTopology : shapeName(words.shapes, shape);
  return `${name}, ${words.nodeCount(Number(size))}`;
}

/** The parameters of a sentence, the network that it names in the reader's language. */
export function withNetworkTitle(parameters: unknown, words: Translation): unknown {
  const named = typeof parameters === "object" && parameters !== null && "title" in parameters ? parameters : null;
  return named && typeof named.title === "string" ? { ...named, title: networkTitle(named.title, words) } : parameters;
}
