/** The store of which tasks are listed, in which order, and where the page begins. */
import { create } from "zustand";
import { namedAndWithout } from "../api/tasks";
import type { TaskQuery } from "../api/types";
import { addressed, filtersIn, type TaskFilters } from "./address";

/** The newest come first, as a reader expects who has just submitted one. */
export const NO_FILTERS: TaskFilters = {
  text: null, status: null, sort: "-submitted", node: [], priority: [], kind: null, category: [], role: [], request: null,
  since: null, until: null, cursor: null,
};

/** Kept while another panel is open. */
export const useTaskFilters = create<TaskFilters>()(() => ({ ...NO_FILTERS, ...filtersIn(addressed()) }));

/** Other filters find other tasks, so the page is the first one again. */
export const filterTasks = (changes: Partial<Omit<TaskFilters, "cursor">>): void => {
  useTaskFilters.setState({ ...changes, cursor: null });
};

/** What is asked of the lab. While a year is typed a time is long ago, of which the lab has none. */
export function queryFor({ status, since, until, sort, node, category, role, priority, ...rest }: TaskFilters, limit: number): TaskQuery {
  const time = (seconds: number | null) => (seconds === null ? null : Math.max(0, seconds));
  const named = namedAndWithout({ node, category, role });
  return { ...rest, ...named, priority: [...priority], sort, limit, since: time(since), until: time(until), ...(status && { status: [status] }) };
}

/** The filters that leave something out; the order leaves out nothing. */
export const filtersSet = (filters: TaskFilters): (keyof TaskFilters)[] =>
  (Object.keys(NO_FILTERS) as (keyof TaskFilters)[]).filter((key) => key !== "sort" && key !== "cursor" && [filters[key]].flat().some((value) => value !== null));
