/** The drawing as the browser keeps it, so that a reload, or a way to another page, loses nothing. */
import { EMPTY, type Drawn } from "./network";
import { problemsOf } from "./problems";

const KEY = "topowave.workshop";

/** What was kept, if it is a drawing. */
export function readDraft(text: string | null): Drawn {
  try {
    const found = JSON.parse(text ?? "") as Drawn;
    problemsOf(found);
    return found;
  } catch {
    return EMPTY;
  }
}

export function draftIn(): Drawn {
  try {
    return readDraft(localStorage.getItem(KEY));
  } catch {
    return EMPTY;
  }
}

export function keepDraft(drawn: Drawn): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(drawn));
  } catch {
    // It is kept for this visit only.
  }
}
