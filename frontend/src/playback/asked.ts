/** The waves that were asked for on this page and that the lab has not begun: it may have others to run first, or no root. */
import { create } from "zustand";

/** Most waves are begun before this, and over. */
const SHOWN_AFTER_MS = 500;

/** The titles of those that wait longer, in the order in which they were asked for. */
export const useAsked = create<{ titles: readonly string[] }>()(() => ({ titles: [] }));

/** Shows a wave as asked for until `ask` has its answer. */
export async function whileAsked<T>(title: string, ask: () => Promise<T>): Promise<T> {
  // An object of its own for each: several may have the same title.
  const own = { title };
  const timer = setTimeout(() => { show([...waiting, own]); }, SHOWN_AFTER_MS);
  try {
    return await ask();
  } finally {
    clearTimeout(timer);
    show(waiting.filter((one) => one !== own));
  }
}

let waiting: readonly { title: string }[] = [];

function show(now: typeof waiting): void {
  if (now.length === waiting.length) return;
  waiting = now;
  useAsked.setState({ titles: now.map(({ title }) => title) });
}
