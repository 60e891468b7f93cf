/** Short messages about what an action did, or why it failed and what can be done. */
import { create } from "zustand";
import { ActionError } from "../api/rest";
import type { Problem } from "../api/types";

export interface Notice {
  id: number;
  kind: "done" | "failed";
  title: string;
  detail: string;
  /** What the lab refused, where it did: the title and the detail are its own. */
  problem?: Problem;
}

/** Notices shown at once; older ones make room. */
const AT_MOST = 3;
const DONE_STAYS_MS = 4_000;
const FAILED_STAYS_MS = 15_000;

export const useNotices = create<{ notices: Notice[] }>()(() => ({ notices: [] }));
let nextId = 1;

export const dismiss = (id: number): void => {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
};

export function notify(kind: Notice["kind"], title: string, detail = "", problem?: Problem): void {
  const id = nextId++;
  useNotices.setState(({ notices }) => ({ notices: [...notices, { id, kind, title, detail, ...(problem && { problem }) }].slice(-AT_MOST) }));
  setTimeout(() => { dismiss(id); }, kind === "done" ? DONE_STAYS_MS : FAILED_STAYS_MS);
}

/** Runs an action; says in a notice what came of it. */
export async function perform<T>(
  action: () => Promise<T>,
  done: string | ((value: T) => string) | null,
  failed: string,
): Promise<T | null> {
  try {
    const value = await action();
    if (done !== null) notify("done", typeof done === "string" ? done : done(value));
    return value;
  } catch (error) {
    if (error instanceof ActionError) notify("failed", error.problem.title, error.problem.detail, error.problem);
    else notify("failed", failed, error instanceof Error ? error.message : "");
    return null;
  }
}
