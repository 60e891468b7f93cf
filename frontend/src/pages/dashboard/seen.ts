/** Names that have been there once: a filter leaves out the others, and they must be there to be chosen all the same. */
import { useState } from "react";

/** Choices of a filter. */
const MOST_NAMES = 200;

export function useSeen(names: readonly string[]): readonly string[] {
  const [seen, setSeen] = useState<readonly string[]>([]);
  const added = names.filter((name) => !seen.includes(name));
  if (added.length > 0 && seen.length < MOST_NAMES) setSeen([...seen, ...added].slice(0, MOST_NAMES).toSorted());
  return seen;
}
