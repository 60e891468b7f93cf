/** What of the page stands in its address: pure functions between the query and the reader's choices. */
import { flag, MOST_CHARS, oneOf, seconds, several, severalOf, some, text, type Parameter } from "./parameters";
import type { TaskPriority, TaskQuery, TaskStatus, Wave } from "../api/types";
import { LANGUAGES, type Language } from "./language";
import type { MessageView, Selection, Tab, TaskView } from "./view";

/** Which tasks are listed, and how; null, or none of several, for any. */
export interface TaskFilters {
  text: string | null;
  status: TaskStatus | null;
  sort: NonNullable<TaskQuery["sort"]>;
  /** Of these, any if there are none; "" stands for tasks that are on no node. So are categories and roles. */
  node: readonly string[];
  priority: readonly TaskPriority[];
  kind: NonNullable<TaskQuery["kind"]> | null;
  category: readonly string[];
  role: readonly string[];
  request: string | null;
  /** Unix seconds. */
  since: number | null;
  until: number | null;
  /** Where the page begins, as the lab says it; null for the first one. */
  cursor: string | null;
}

/** The filters of tasks among the other choices: `status` is `taskStatus`. */
type TaskChoices = { [Key in keyof TaskFilters as `task${Capitalize<Key>}`]: TaskFilters[Key] };

export interface Choices extends TaskChoices {
  language: Language;
  messages: MessageView;
  /** Only the network, for the projector. */
  stage: boolean;
  tab: Tab;
  taskView: TaskView;
  /** What is searched for among the executors. */
  executorText: string;
  balancerWaves: boolean;
  selection: Selection;
  /** The wave that is played, as `waveReference` writes it. */
  wave: string | null;
  pace: "hops" | "measured";
  speed: number;
}

const SPEED = { least: 0.1, most: 4, digits: 2 } as const;

/** How an address names a wave: by its id and the second of its start, for every run of a lab numbers its waves anew. */
export const waveReference = ({ id, started }: Pick<Wave, "id" | "started">): string => `${id}@${Math.floor(started)}`;

/** The id in a reference, and when its wave began; null where that was left out, as by people. */
export function waveReferred(reference: string): { id: string; started: number | null } {
  const [, id, started] = /^(.+)@(\d+)$/su.exec(reference) ?? [];
  return id === undefined ? { id: reference, started: null } : { id, started: Number(started) };
}

/** Whether a wave is the one that is meant: a lab that was started anew gives the same ids to other waves. */
export const isReferred = ({ id, started }: { id: string; started: number | null }, wave: Pick<Wave, "id" | "started">): boolean =>
  wave.id === id && (started === null || Math.floor(wave.started) === started);

function selectionFrom(written: string): Selection | undefined {
  const [type, ...rest] = written.split(":");
  const what = rest.join(":");
  if (!what) return undefined;
  if (type === "node") return { type, name: what };
  if (type === "wave") return { type, ...waveReferred(what) };
  return type === "task" ? { type, id: what } : undefined;
}

function selectionText(selection: Selection): string | null {
  if (!selection) return null;
  if (selection.type === "node") return `node:${selection.name}`;
  const { type, id } = selection;
  return `${type}:${type === "wave" && selection.started !== null ? waveReference({ id, started: selection.started }) : id}`;
}

const PARAMETERS: { [Key in keyof Choices]: Parameter<Choices[Key]> } = {
  language: oneOf(...LANGUAGES),
  messages: oneOf("dots", "arrows", "off"),
  stage: flag,
  tab: oneOf("actions", "nodes", "waves", "tasks", "events", "timeline"),
  taskView: oneOf("list", "executors", "submit"),
  balancerWaves: flag,
  executorText: { read: (written) => written, write: (value) => value },
  taskText: text,
  taskStatus: some(oneOf<TaskStatus>("pending", "assigned", "moving", "running", "completed", "failed", "cancelled")),
  taskSort: oneOf<TaskFilters["sort"]>("submitted", "-submitted", "finished", "-finished", "priority"),
  taskNode: several,
  taskPriority: severalOf<TaskPriority>("critical", "high", "medium", "low"),
  taskKind: some(oneOf<NonNullable<TaskFilters["kind"]>>("emulated", "script")),
  taskCategory: several,
  taskRole: several,
  taskRequest: text,
  taskSince: seconds,
  taskUntil: seconds,
  taskCursor: text,
  selection: { read: selectionFrom, write: selectionText },
  wave: text,
  pace: oneOf("hops", "measured"),
  speed: {
    read: (written) => {
      const speed = Number(written);
      return speed >= SPEED.least && speed <= SPEED.most ? speed : undefined;
    },
    write: (value) => String(Number(value.toFixed(SPEED.digits))),
  },
};

const KEYS = Object.keys(PARAMETERS) as (keyof Choices)[];

/** How a choice is called in the address. */
const nameOf = (key: keyof Choices): string => (key === "language" ? "lang" : key);

/** What the address says; what it does not say, or says wrongly, is left out. */
export function choicesIn(search: string): Partial<Choices> {
  const query = new URLSearchParams(search);
  const found = KEYS.map((key) => {
    const text = query.get(nameOf(key));
    return [key, text === null || text.length > (PARAMETERS[key].mostChars ?? MOST_CHARS) ? undefined : PARAMETERS[key].read(text)] as const;
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
    if (text === null || text === written(key, usual)) query.delete(nameOf(key));
    else query.set(nameOf(key), text);
  }
  const after = query.toString();
  return after && `?${after}`;
}

/** Where Back leads: another panel, selection, wave or list of tasks; a language, a speed and what is typed are no places. */
const PLACES = [
  "tab", "taskView", "selection", "wave", "stage", "taskStatus", "taskSort", "taskNode", "taskPriority", "taskKind", "taskCursor",
] as const;

/** Whether the reader is at another place than before. */
export const isElsewhere = (before: Choices, after: Choices): boolean =>
  PLACES.some((key) => written(key, before) !== written(key, after));

/** The choices of this page's address; none where there is no page, as in a unit test. */
export const addressed = (): Partial<Choices> => choicesIn(typeof location === "undefined" ? "" : location.search);

const choiceOf = <Key extends keyof TaskFilters>(key: Key) => `task${key[0]?.toUpperCase() ?? ""}${key.slice(1)}` as `task${Capitalize<Key>}`;
const FILTERS = ["text", "status", "sort", "node", "priority", "kind", "category", "role", "request", "since", "until", "cursor"] as const satisfies
  readonly (keyof TaskFilters)[];

/** The filters of tasks as choices of the page. */
export const filterChoices = (filters: TaskFilters): TaskChoices =>
  Object.fromEntries(FILTERS.map((key) => [choiceOf(key), filters[key]])) as unknown as TaskChoices;

/** The filters of tasks that are among some choices. */
export const filtersIn = (choices: Partial<Choices>): Partial<TaskFilters> =>
  Object.fromEntries(FILTERS.map((key) => [key, choices[choiceOf(key)]] as const).filter(([, value]) => value !== undefined));
