/**
 * Many tasks changed at once, and how that is taken back.
 *
 * What has been cancelled cannot be given back: the node has let it go, and one that ran would begin anew. So a cancel
 * is held back for some seconds, and until then nothing has happened. A priority is changed at once, and put back.
 */
import { create } from "zustand";
import { changeMany } from "../api/tasks";
import type { BulkDone, BulkOrder, TaskPriority } from "../api/types";

/** How long a cancel is held back, in which it can be taken back. */
export const HELD_MS = 6_000;
/** Tasks of one request: `BULK_TASKS` of the balancer. */
const BATCH = 1_000;

/** What came of orders about many tasks. */
export type Told = Omit<BulkDone, "next">;

export const nothingTold = (): Told => ({ done: [], refused: [], was: {} });

/** Adds what came of one more order. */
export function addTo(told: Told, { done, refused, was }: Told): void {
  told.done.push(...done);
  told.refused.push(...refused);
  for (const [priority, ids] of Object.entries(was)) told.was[priority] = [...(told.was[priority] ?? []), ...ids];
}

/** The tasks whose cancel is held back: some by their ids, and all of a listing by its key. */
export const useHeld = create<{ ids: ReadonlySet<string>; listings: readonly string[] }>()(() => ({ ids: new Set(), listings: [] }));

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

async function inBatches(order: Pick<BulkOrder, "action" | "priority">, ids: readonly string[]): Promise<Told> {
  const told = nothingTold();
  for (let start = 0; start < ids.length; start += BATCH) addTo(told, await changeMany({ ...order, ids: ids.slice(start, start + BATCH) }));
  return told;
}

/** Does something after a while; returns how to take that back until then. `release` comes before what comes of it, or instead. */
function later(act: () => void, release: () => void): () => void {
  const timer = setTimeout(act, HELD_MS);
  return () => {
    clearTimeout(timer);
    release();
  };
}

/** Cancels tasks after a while; returns how to take that back until then. `then` gets what came of it. */
export function cancelLater(ids: readonly string[], then: (asked: Promise<Told>) => void): () => void {
  hold(ids, true);
  const release = () => { hold(ids, false); };
  return later(() => {
    const asked = inBatches({ action: "cancel" }, ids);
    void asked.catch(() => undefined).then(release);
    then(asked);
  }, release);
}

/** The same for all of a listing: `act` cancels them, and they are held until that has ended. */
export function holdListing(listing: string, act: () => Promise<unknown>): () => void {
  useHeld.setState(({ listings }) => ({ listings: [...listings, listing] }));
  const release = () => {
    useHeld.setState(({ listings }) => ({ listings: listings.toSpliced(listings.indexOf(listing), 1) }));
  };
  return later(() => { void act().then(release); }, release);
}

export const makeAllUrgent = (ids: readonly string[], priority: TaskPriority): Promise<Told> => inBatches({ action: "priority", priority }, ids);

/** Gives tasks back the priorities that they had. */
export async function putPrioritiesBack(was: Told["was"]): Promise<void> {
  for (const [priority, ids] of Object.entries(was)) await makeAllUrgent(ids, priority as TaskPriority);
}
