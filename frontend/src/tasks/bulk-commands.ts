/** Many tasks cancelled or made urgent, with what the page says of it and how it is taken back. */
import { countTasks } from "../api/tasks";
import type { CountedTasks, Task, TaskMatch, TaskPriority, TaskQuery, TaskStatus } from "../api/types";
import { say } from "../i18n/say";
import { translation } from "../i18n/use-translation";
import { wordsNow } from "../i18n/words";
import { notify, offerUndo, perform } from "../state/notices";
import { cancelLater, HELD_MS, holdListing, makeAllUrgent, putPrioritiesBack, type Told } from "./bulk";
import { words } from "./bulk-words";
import { sweep } from "./sweep";

/** How long the priorities that were can be put back by the notice. */
const UNDO_MS = 10_000;
/** The statuses in which tasks can be cancelled, and made more or less urgent, the balancer's `MEANT`. */
export const CANCELLABLE: readonly TaskStatus[] = ["pending", "assigned", "moving", "running"];
/** What of a question says how its answer is told, and not which tasks are wanted. */
const OF_A_PAGE: ReadonlySet<string> = new Set(["sort", "limit", "cursor", "count"]);
const WAITING: readonly TaskStatus[] = ["pending", "assigned", "moving"];

/** The first refusal stands for the others; each of them is seen at its task. */
function tellRefused({ refused }: Told): void {
  const [first] = refused;
  if (first) notify("failed", wordsNow(words).notDone(refused.length), say(first.detail, first));
}

async function tellCancelled(asked: Promise<Told>): Promise<void> {
  const said = await perform(() => asked, ({ done }) => wordsNow(words).cancelled(done.length), translation().failed);
  if (said) tellRefused(said);
}

function tellUrgent(said: Told, priority: TaskPriority, then: () => void): void {
  const { priorityChanged, undo } = wordsNow(words);
  tellRefused(said);
  if (said.done.length === 0) return;
  offerUndo(priorityChanged(said.done.length, translation().priorities[priority]), undo, () => {
    void perform(() => putPrioritiesBack(said.was), null, translation().failed).then(then);
  }, UNDO_MS);
}

export function cancelMany(tasks: readonly Task[]): void {
  const { willCancel, undo } = wordsNow(words);
  const takeBack = cancelLater(tasks.map(({ id }) => id), (asked) => { void tellCancelled(asked); });
  offerUndo(willCancel({ tasks: tasks.length, exact: true }, HELD_MS / 1000), undo, takeBack, HELD_MS);
}

export async function makeManyUrgent(tasks: readonly Task[], priority: TaskPriority, then: () => void): Promise<void> {
  const said = await perform(() => makeAllUrgent(tasks.map(({ id }) => id), priority), null, translation().failed);
  if (!said) return;
  then();
  tellUrgent(said, priority, then);
}

/** Of what is listed, the tasks to which something can be done: their filter and how many they are; null where there are none. */
async function meant(wanted: TaskQuery, statuses: readonly TaskStatus[]): Promise<{ filter: TaskMatch; matching: CountedTasks } | null> {
  const status = statuses.filter((each) => !wanted.status?.length || wanted.status.includes(each));
  const filter: TaskMatch = { ...Object.fromEntries(Object.entries(wanted).filter(([name]) => !OF_A_PAGE.has(name))), status };
  const matching = status.length === 0 ? { tasks: 0, exact: true } : await perform(() => countTasks(filter), null, translation().failed);
  if (matching?.tasks === 0 && matching.exact) notify("failed", wordsNow(words).noneMeant);
  return matching === null || (matching.tasks === 0 && matching.exact) ? null : { filter, matching };
}

/** Cancels all that a listing has, also those that are not loaded; `key` is the listing's. */
export async function cancelMatching(key: string, wanted: TaskQuery): Promise<void> {
  const found = await meant(wanted, CANCELLABLE);
  if (!found) return;
  const { willCancel, undo } = wordsNow(words);
  const takeBack = holdListing(key, () => tellCancelled(sweep({ action: "cancel" }, found.filter, found.matching)));
  offerUndo(willCancel(found.matching, HELD_MS / 1000), undo, takeBack, HELD_MS);
}

export async function makeMatchingUrgent(wanted: TaskQuery, priority: TaskPriority, then: () => void): Promise<void> {
  const found = await meant(wanted, WAITING);
  if (!found) return;
  const said = await perform(() => sweep({ action: "priority", priority }, found.filter, found.matching), null, translation().failed);
  if (!said) return;
  then();
  tellUrgent(said, priority, then);
}
