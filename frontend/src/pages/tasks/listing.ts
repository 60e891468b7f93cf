/** The last listing that was looked at: a step to one of its tasks and back leads to the same row, without another question. */
import { queryOf, readTasks } from "../../api/tasks";
import type { TaskQuery } from "../../api/types";
import { TaskPages } from "./task-pages";

export interface Listing {
  key: string;
  pages: TaskPages;
  /** How far it was scrolled, in pixels. */
  top: number;
}

let last: Listing | null = null;

/** The listing of what is wanted: the last one, if it is of the same. */
export function listingOf(wanted: TaskQuery): Listing {
  const key = queryOf(wanted);
  if (last?.key !== key) {
    const pages = new TaskPages((cursor, limit) => readTasks({ ...wanted, cursor, limit }));
    last = { key, pages, top: 0 };
  }
  return last;
}
