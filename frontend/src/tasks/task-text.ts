/** How tasks are named and their values written: what a script or a stranger says is text of a bounded length. */
import { shownJson } from "../api/json";
import type { Task } from "../api/types";

/** Characters of a value that are shown; the whole is a click away. */
export const SHOWN_CHARS = 4_000;

/** What a reader knows a task by: its title, else its id. */
export const nameOf = ({ title, id }: Pick<Task, "title" | "id">): string => title || id;

/** The beginning of a text, and how long the whole is where that is more; never half a character. */
export function beginning(text: string): { text: string; all: number | null } {
  if (text.length <= SHOWN_CHARS) return { text, all: null };
  const cut = /[\uD800-\uDBFF]$/u.test(text.slice(0, SHOWN_CHARS)) ? SHOWN_CHARS - 1 : SHOWN_CHARS;
  return { text: text.slice(0, cut), all: text.length };
}

/** A value as it is shown; a text alone needs no quotes, and its own lines are lines. */
export const shownValue = (value: unknown): string => (typeof value === "string" ? value : shownJson(value));

/** Between what a field of day and time holds and unix seconds, where the reader is. */
export function secondsOf(text: string): number | null {
  const seconds = new Date(text).getTime() / 1000;
  return Number.isFinite(seconds) ? seconds : null;
}

export function localTime(seconds: number | null): string {
  if (seconds === null) return "";
  const date = new Date(seconds * 1000);
  const digits = (value: number, width = 2) => value.toString().padStart(width, "0");
  const clock = [date.getHours(), date.getMinutes(), ...(date.getSeconds() > 0 ? [date.getSeconds()] : [])].map((value) => digits(value));
  return `${digits(date.getFullYear(), 4)}-${digits(date.getMonth() + 1)}-${digits(date.getDate())}T${clock.join(":")}`;
}
