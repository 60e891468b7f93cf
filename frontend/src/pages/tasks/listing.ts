/** The last listing that was looked at: a step to one of its tasks and back leads to the same row, without another question. */
import { queryOf, readTasks } from "../../api/tasks";
import type { TaskQuery } from "../../api/types";
import { TaskPages } from "./task-pages";

export interface Listing {
  key: string;
  pages: TaskPages;
  /** How far it was scrolled: pixels of a table of all its rows. */
  top: number;
  /** Notes how far it is scrolled. */
  moved: (top: number) => void;
}

let last: Listing | null = null;

/** The listing of what is wanted: the last one, if it is of the same. */
export function listingOf(wanted: TaskQuery): Listing {
  const key = queryOf(wanted);
  if (last?.key !== key) {
    const pages = new TaskPages(({ cursor, skip, limit, count }) => readTasks({ ...wanted, cursor, limit, ...(skip > 0 && { skip }), ...(count && { count }) }));
    const listing: Listing = { key, pages, top: 0, moved: (top) => { listing.top = top; } };
    last = listing;
  }
  return last;
}
