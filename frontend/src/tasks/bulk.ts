/**
 * Many tasks changed at once, and how that is taken back.
 *
 * What has been cancelled cannot be given back: the node has let it go, and one that ran would begin anew. So a cancel
 * is held back for some seconds, and until then nothing has happened. A priority is changed at once, and put back.
 */
import { create } from "zustand";
import { changeMany } from "../api/tasks";
import type { BulkDone, BulkOrder, Task, TaskPriority } from "../api/types";

/** How long a cancel is held back, in which it can be taken back. */
export const HELD_MS = 6_000;
/** Tasks of one request: `BULK_TASKS` of the balancer. */
const BATCH = 1_000;

/** The tasks whose cancel is held back. */
export const useHeld = create<{ ids: ReadonlySet<string> }>()(() => ({ ids: new Set() }));

const hold = (ids: readonly string[], held: boolean): void => {
  useHeld.setState(({ ids: before }) => {
    const now = new Set(before);
    for (const id of ids) {
      if (held) now.add(id);
      else now.delete(id);
    }
    return { ids: now };
  });
};

async function inBatches(order: Omit<BulkOrder, "ids">, ids: readonly string[]): Promise<BulkDone> {
  const said: BulkDone = { done: [], refused: [] };
  for (let start = 0; start < ids.length; start += BATCH) {
    const { done, refused } = await changeMany({ ...order, ids: ids.slice(start, start + BATCH) });
    said.done.push(...done);
    said.refused.push(...refused);
  }
  return said;
}

/** Cancels tasks after a while; returns how to take that back until then. `then` gets what came of it. */
export function cancelLater(ids: readonly string[], then: (asked: Promise<BulkDone>) => void): () => void {
  hold(ids, true);
  const timer = setTimeout(() => {
    const asked = inBatches({ action: "cancel" }, ids);
    void asked.catch(() => undefined).then(() => { hold(ids, false); });
    then(asked);
  }, HELD_MS);
  return () => {
    clearTimeout(timer);
    hold(ids, false);
  };
}

export const makeAllUrgent = (ids: readonly string[], priority: TaskPriority): Promise<BulkDone> => inBatches({ action: "priority", priority }, ids);

/** Gives tasks back the priorities that they had. */
export async function putPrioritiesBack(tasks: readonly Pick<Task, "id" | "priority">[]): Promise<void> {
  for (const priority of new Set(tasks.map((task) => task.priority))) {
    await makeAllUrgent(tasks.filter((task) => task.priority === priority).map(({ id }) => id), priority);
  }
}
