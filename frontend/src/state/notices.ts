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
  /** What can be done about it as long as it stands there. */
  action?: { label: string; run: () => void } | undefined;
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
  add({ kind, title, detail, ...(problem && { problem }) }, kind === "done" ? DONE_STAYS_MS : FAILED_STAYS_MS);
}

/** Says what was done, or is about to be, and how it is taken back within some time. */
export function offerUndo(title: string, label: string, undo: () => void, staysMs: number): void {
  const id: number = add({ kind: "done", title, detail: "", action: { label, run: () => { dismiss(id); undo(); } } }, staysMs);
}

/** The notices with one more: room is made by the oldest of those by which nothing can be done, which nobody misses. */
export function withNotice(notices: readonly Notice[], notice: Notice): Notice[] {
  const all = [...notices, notice];
  if (all.length <= AT_MOST) return all;
  const out = all.find(({ action }, at) => action === undefined && at < notices.length) ?? all[0];
  return all.filter((one) => one !== out);
}

function add(notice: Omit<Notice, "id">, staysMs: number): number {
  const id = nextId++;
  useNotices.setState(({ notices }) => ({ notices: withNotice(notices, { ...notice, id }) }));
  setTimeout(() => { dismiss(id); }, staysMs);
  return id;
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
