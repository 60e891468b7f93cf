/** What stands beside the nodes on the stage: chosen variables, what was decided, who leads, and colours by a variable. */
import { create } from "zustand";
import { cividis, hex, luminance } from "../../../theme/scale";
import type { Fields } from "../../../session/forms";
import { decisionOf, type Index } from "../../../spacetime/moment";
import { shortValue, written } from "../narration";

interface Chosen {
  /** The names of the variables that stand beside each node. */
  shown: readonly string[];
  /** The one that colours the nodes. */
  colour: string | null;
}

export const useChosen = create<Chosen>()(() => ({ shown: [], colour: null }));

/** Whether the variables of all nodes are needed. */
export const areWanted = ({ shown, colour }: Chosen): boolean => shown.length > 0 || colour !== null;

/** What is drawn at a node. */
export interface Beside {
  lines: readonly string[];
  decided: string;
  leads: boolean;
  fill: string | null;
}

/** Longest value beside a node (characters). */
const VALUE_CHARACTERS = 18;
/** The library's elections, in which a node that decides its own number leads. */
const ELECTIONS: ReadonlySet<string> = new Set(["chang_roberts", "echo_extinction", "hirschberg_sinclair", "lelann", "peterson", "tree_election"]);

const text = (value: unknown): string => {
  const found = value === null || value === undefined ? "–" : typeof value === "string" ? value : written(value);
  return found.length <= VALUE_CHARACTERS ? found : `${found.slice(0, VALUE_CHARACTERS - 1)}…`;
};

/** The colour of each value: numbers by their size, all else in the order in which the nodes have it. */
export function coloursBy(values: readonly unknown[]): (value: unknown) => string | null {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length > 0 && values.every((value) => typeof value === "number" || value === null || value === undefined)) {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return (value) => (typeof value === "number" ? hex(cividis(most > least ? (value - least) / (most - least) : 1)) : null);
  }
  const kinds = [...new Set(values.map(text))];
  return (value) => (value === null || value === undefined ? null : hex(cividis(kinds.length < 2 ? 1 : kinds.indexOf(text(value)) / (kinds.length - 1))));
}

/** A colour of type that is read on a ground. */
export const inkOn = (ground: string): string => {
  const number = Number.parseInt(ground.slice(1), 16);
  return luminance([number >> 16, (number >> 8) & 255, number & 255]) > 0.3 ? "#000000" : "#ffffff";
};

/**
 * What stands at each node.
 *
 * @param algorithm by its name in the library.
 * @param states the variables of the nodes by name, where they are known for this very step; null else.
 */
export function besideOf(index: Index, position: number, algorithm: string, { shown, colour }: Chosen, states: Readonly<Record<string, Fields>> | null): Beside[] {
  const { names } = index.run.recording.network;
  const colours = colour === null || states === null ? null : coloursBy(names.map((name) => states[name]?.[colour]));
  return names.map((name, node) => {
    const mine = states?.[name];
    const decision = decisionOf(index, node, position);
    const decided = decision === null ? "" : shortValue(decision.value, VALUE_CHARACTERS);
    return {
      lines: mine ? shown.filter((each) => each in mine).map((each) => `${each} ${text(mine[each])}`) : [],
      decided,
      leads: mine?.leader === true || mine?.elected === true || (ELECTIONS.has(algorithm) && decision?.value === node),
      fill: colour !== null && mine && colours ? colours(mine[colour]) : null,
    };
  });
}
