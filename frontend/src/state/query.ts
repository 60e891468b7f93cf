/**
 * State that stands in the address of a page, so that a reload, a bookmark and Back lead to what was shown.
 *
 * A change of what the page calls a place is a step in the browser's history; any other (what is typed, a slider)
 * takes the place of the last one. Those are written a little later, and are seen by the page at once.
 */
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { searchWith, valuesIn, type Parameters } from "./parameters";

/** Browsers refuse more than some 100 changes of the address in 30 s: a slider that is drawn counts once. */
const WRITE_AFTER_MS = 100;
/** The last two are told by the router, which listens where it wraps the History API. */
const EVENTS = ["popstate", "pushState", "replaceState"] as const;

/** What will be in the address, for which path; null where nothing waits to be written. */
let waiting: { path: string; search: string } | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

const drop = (): void => {
  clearTimeout(timer);
  timer = undefined;
  waiting = null;
};

function write(step: boolean): void {
  const found = waiting;
  drop();
  if (found?.path !== location.pathname || found.search === location.search) return;
  history[step ? "pushState" : "replaceState"](history.state, "", `${found.path}${found.search}${location.hash}`);
}

/** The query of the address, with what is about to be written there. */
const currentSearch = (): string => (waiting?.path === location.pathname ? waiting.search : location.search);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  for (const event of EVENTS) window.addEventListener(event, listener);
  return () => {
    listeners.delete(listener);
    for (const event of EVENTS) window.removeEventListener(event, listener);
  };
}

// Back and Forward lead elsewhere: what was still to be written belongs to the place that was left.
if (typeof window !== "undefined") window.addEventListener("popstate", drop);

export interface QueryRules<T> {
  /** How each parameter is read and written. */
  parameters: Parameters<T>;
  /** What holds where the address says nothing. */
  usual: T;
  /** Which of them are places: Back leads from one to the one before. */
  places: readonly (keyof T)[];
}

/**
 * The state of this page's address, and how to change some of it.
 *
 * `rules` is a constant of the module that asks: `const QUERY: QueryRules<State> = { parameters, usual, places }`.
 */
export function useQueryState<T extends object>(rules: QueryRules<T>): [T, (changes: Partial<T>) => void] {
  const search = useSyncExternalStore(subscribe, currentSearch);
  const values = useMemo(() => valuesIn(search, rules.parameters, rules.usual), [search, rules]);
  const change = useCallback((changes: Partial<T>) => {
    const { parameters, usual, places } = rules;
    const before = valuesIn(currentSearch(), parameters, usual);
    const after = { ...before, ...changes };
    const next = searchWith(currentSearch(), parameters, usual, after);
    if (next === currentSearch()) return;
    const step = places.some((key) => parameters[key].write(before[key]) !== parameters[key].write(after[key]));
    // What was typed before a step is part of where it began.
    if (step) write(false);
    waiting = { path: location.pathname, search: next };
    if (step) write(true);
    else timer ??= setTimeout(() => { write(false); }, WRITE_AFTER_MS);
    for (const listener of [...listeners]) listener();
  }, [rules]);
  return [values, change];
}
