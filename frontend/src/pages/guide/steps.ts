/** The ten steps, and how the lab's own state says that one is done. Pure: nobody has to press "done". */
import type { Wave } from "../../api/types";
import type { Lab, Network } from "../../state/lab";
import type { Selection } from "../../state/view";

export const STEPS = ["network", "wave", "back", "count", "finn", "kill", "heal", "tasks", "rebalance", "numbers"] as const;
export type Step = (typeof STEPS)[number];

/** What a step is judged by. */
export interface Facts {
  lab: Lab;
  selection: Selection;
  /** How often a film of an Echo wave has come to its end on this page. */
  filmsEnded: number;
}

/** What was already so when a step began, and does not count for it. */
export interface Begin {
  /** On the balancer's clock (Unix seconds). */
  time: number;
  filmsEnded: number;
  submitted: number;
}

/** As many tasks as make a hexagon of any server of a class's lab. */
export const TASKS_GIVEN = 60;
/** So many that somebody must have given them for this. */
const TASKS_COUNT = 10;
/** Long enough to press in mid-wave (ms for each message). */
export const SLOW_MS = 1_000;

export const beginOf = ({ lab, filmsEnded }: Omit<Facts, "selection">): Begin => ({
  time: lab.time, filmsEnded, submitted: lab.tasks?.submitted ?? 0,
});

/** The waves that people have started since then, the last one first. */
export const wavesSince = ({ waves }: Pick<Lab, "waves">, { time }: Pick<Begin, "time">, algorithm?: string): Wave[] =>
  waves.filter((wave) => wave.purpose === null && wave.started >= time && (algorithm === undefined || wave.algorithm === algorithm)).reverse();

export const movesSince = ({ history }: Pick<Lab, "history">, { time }: Pick<Begin, "time">): number =>
  history.moves.reduce((sum, moves, point) => (history.time[point] !== undefined && history.time[point] >= time ? sum + moves : sum), 0);

/** Where the load goes and where the second wave begins: the last leaf, which is far from the root. */
export const leafOf = ({ names }: Pick<Network, "names">): string => names.at(-1) ?? "";

/** Who is killed: a node below the root with the most below itself, so that whole branches are missing. */
export function victimOf({ names, parents }: Pick<Network, "names" | "parents">): string {
  const below = names.map(() => 0);
  for (let node = names.length - 1; node > 0; node--) {
    const parent = parents[node] ?? -1;
    if (parent >= 0) below[parent] = (below[parent] ?? 0) + 1 + (below[node] ?? 0);
  }
  const near = names.map((_, node) => node).filter((node) => parents[node] === 0);
  const victim = near.reduce((best, node) => ((below[node] ?? 0) > (below[best] ?? 0) ? node : best), near[0] ?? names.length - 1);
  return names[victim] ?? "";
}

const JUDGES: Record<Step, (facts: Facts, begin: Begin) => boolean> = {
  network: ({ selection }) => selection?.type === "node",
  wave: ({ lab }, begin) => wavesSince(lab, begin, "echo").some(({ state }) => state === "complete"),
  back: ({ filmsEnded }, begin) => filmsEnded > begin.filmsEnded,
  count: ({ lab }, begin) =>
    wavesSince(lab, begin, "echo").some(({ state, initiators }) => state === "complete" && initiators[0] !== lab.network.names[0]),
  finn: ({ lab }, begin) => wavesSince(lab, begin, "finn-full").some(({ state }) => state === "complete"),
  kill: ({ lab }, begin) => wavesSince(lab, begin).some(({ state, missing }) => state === "incomplete" && missing.length > 0),
  heal: ({ lab }, begin) =>
    lab.settings.link_delay < SLOW_MS && wavesSince(lab, begin, "echo").some(({ state }) => state === "complete"),
  tasks: ({ lab }, begin) => (lab.tasks?.submitted ?? 0) - begin.submitted >= TASKS_COUNT,
  rebalance: ({ lab }, begin) => movesSince(lab, begin) > 0,
  numbers: ({ selection }) => selection?.type === "wave",
};

export const isDone = (step: Step, facts: Facts, begin: Begin): boolean => JUDGES[step](facts, begin);

/** The part of a text: plain, or a word of the glossary. */
export interface Piece {
  text: string;
  term: string | null;
}

/** Takes `{term|text}` out of a text. */
export function pieces(text: string): Piece[] {
  return text.split(/(\{[a-z-]+\|[^}]+\})/u).filter((part) => part !== "").map((part) => {
    const [, term = null, said = part] = /^\{([a-z-]+)\|([^}]+)\}$/u.exec(part) ?? [];
    return { text: said, term };
  });
}

/** The terms in which what is searched for stands, in the order of the alphabet. */
export function termsWith<T extends { term: string; meaning: string }>(terms: readonly T[], text: string, language: string): T[] {
  const wanted = text.trim().toLocaleLowerCase(language);
  return terms
    .filter(({ term, meaning }) => `${term} ${meaning}`.toLocaleLowerCase(language).includes(wanted))
    .toSorted((a, b) => a.term.localeCompare(b.term, language));
}
