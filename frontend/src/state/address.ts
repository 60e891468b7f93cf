/** What of the page stands in its address: pure functions between the query and the reader's choices. */
import type { Wave } from "../api/types";
import type { MessageView, Selection, Tab, TaskView } from "./view";

export interface Choices {
  language: "en" | "de";
  messages: MessageView;
  /** Only the network, for the projector. */
  stage: boolean;
  tab: Tab;
  taskView: TaskView;
  balancerWaves: boolean;
  selection: Selection;
  /** The wave that is played, as `waveReference` writes it. */
  wave: string | null;
  pace: "hops" | "measured";
  speed: number;
}

/** What one parameter means, and how it is written; null and undefined: not at all. */
interface Parameter<T> {
  read: (text: string) => T | undefined;
  write: (value: T) => string | null;
}

/** Longer texts come from nobody's page: names have at most 64 characters, ids of waves are shorter. */
const MOST_CHARS = 200;
const SPEED = { least: 0.1, most: 4, digits: 2 } as const;

const oneOf = <T extends string>(...all: T[]): Parameter<T> => ({
  read: (text) => all.find((one) => one === text), write: (value) => value,
});
const flag: Parameter<boolean> = {
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined), write: (value) => (value ? "1" : "0"),
};

function selectionFrom(text: string): Selection | undefined {
  const [type, ...rest] = text.split(":");
  const what = rest.join(":");
  if (!what) return undefined;
  if (type === "node") return { type, name: what };
  return type === "wave" || type === "task" ? { type, id: what } : undefined;
}

/** How an address names a wave: by its id and the second of its start, for every run of a lab numbers its waves anew. */
export const waveReference = ({ id, started }: Pick<Wave, "id" | "started">): string => `${id}@${Math.floor(started)}`;

/** The id in a reference, and when its wave began; null where that was left out, as by people. */
export function waveReferred(reference: string): { id: string; started: number | null } {
  const [, id, started] = /^(.+)@(\d+)$/su.exec(reference) ?? [];
  return id === undefined ? { id: reference, started: null } : { id, started: Number(started) };
}

const PARAMETERS: { [Key in keyof Choices]: Parameter<Choices[Key]> } = {
  language: oneOf("en", "de"),
  messages: oneOf("dots", "arrows", "off"),
  stage: flag,
  tab: oneOf("actions", "nodes", "waves", "tasks", "events", "timeline"),
  taskView: oneOf("list", "executors", "submit"),
  balancerWaves: flag,
  selection: {
    read: selectionFrom,
    write: (value) => value && `${value.type}:${value.type === "node" ? value.name : value.id}`,
  },
  wave: { read: (text) => text || undefined, write: (value) => value },
  pace: oneOf("hops", "measured"),
  speed: {
    read: (text) => {
      const speed = Number(text);
      return speed >= SPEED.least && speed <= SPEED.most ? speed : undefined;
    },
    write: (value) => String(Number(value.toFixed(SPEED.digits))),
  },
};

const KEYS = Object.keys(PARAMETERS) as (keyof Choices)[];

/** What the address says; what it does not say, or says wrongly, is left out. */
export function choicesIn(search: string): Partial<Choices> {
  const query = new URLSearchParams(search);
  const found = KEYS.map((key) => {
    const text = query.get(key);
    return [key, text === null || text.length > MOST_CHARS ? undefined : PARAMETERS[key].read(text)] as const;
  });
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function written(key: keyof Choices, choices: Choices): string | null {
  // TypeScript does not see that both are of the same key.
  const write = PARAMETERS[key].write as (value: Choices[typeof key]) => string | null;
  return write(choices[key]);
}

/** The query that says `choices`, those alone that differ from `usual`; parameters of others stay. */
export function searchFor(search: string, choices: Choices, usual: Choices): string {
  const query = new URLSearchParams(search);
  for (const key of KEYS) {
    const text = written(key, choices);
    if (text === null || text === written(key, usual)) query.delete(key);
    else query.set(key, text);
  }
  const after = query.toString();
  return after && `?${after}`;
}

/** Where Back leads: another panel, selection or wave; a language or a speed is no place. */
const PLACES = ["tab", "taskView", "selection", "wave", "stage"] as const;

/** Whether the reader is at another place than before. */
export const isElsewhere = (before: Choices, after: Choices): boolean =>
  PLACES.some((key) => written(key, before) !== written(key, after));

/** The choices of this page's address; none where there is no page, as in a unit test. */
export const addressed = (): Partial<Choices> => choicesIn(typeof location === "undefined" ? "" : location.search);
