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

/** Changes them all, or as many as until it is stopped; returns what came of it. Raises what the last request did. */
export async function sweep(order: Pick<BulkOrder, "action" | "priority">, filter: TaskMatch, matching: CountedTasks): Promise<Told> {
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
