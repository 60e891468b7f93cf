/** All tasks that match, changed a page at a time: how far that is, and how it is stopped. One at a time. */
import { create } from "zustand";
import { changeMany } from "../api/tasks";
import type { BulkOrder, CountedTasks, TaskMatch } from "../api/types";
import { addTo, nothingTold, type Told } from "./bulk";

export interface Sweep {
  action: BulkOrder["action"];
  matching: CountedTasks;
  /** Tasks to which it was done so far, and to which it could not be done. */
  done: number;
  refused: number;
}

export const useSweep = create<{ sweep: Sweep | null; stopping: boolean }>()(() => ({ sweep: null, stopping: false }));

export const stopSweep = (): void => { useSweep.setState({ stopping: true }); };

let last: Promise<unknown> = Promise.resolve();

/** Changes them all, or as many as until it is stopped, once those before are over; returns what came of it. Raises what the last request did. */
export function sweep(order: Pick<BulkOrder, "action" | "priority">, filter: TaskMatch, matching: CountedTasks): Promise<Told> {
  const told = last.then(() => changeAll(order, filter, matching));
  last = told.catch(() => undefined);
  return told;
}

async function changeAll(order: Pick<BulkOrder, "action" | "priority">, filter: TaskMatch, matching: CountedTasks): Promise<Told> {
  const told = nothingTold();
  const show = () => { useSweep.setState({ sweep: { action: order.action, matching, done: told.done.length, refused: told.refused.length } }); };
  useSweep.setState({ stopping: false });
  show();
  try {
    let after: string | null = null;
    do {
      const answer = await changeMany({ ...order, filter, ...(after !== null && { after }) });
      addTo(told, answer);
      show();
      after = answer.next;
    } while (after !== null && !useSweep.getState().stopping);
    return told;
  } finally {
    useSweep.setState({ sweep: null, stopping: false });
  }
}
