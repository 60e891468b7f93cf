/** Many tasks cancelled or made urgent, with what the page says of it and how it is taken back. */
import type { BulkDone, Task, TaskPriority } from "../api/types";
import { say } from "../i18n/say";
import { translation } from "../i18n/use-translation";
import { wordsNow } from "../i18n/words";
import { notify, offerUndo, perform } from "../state/notices";
import { cancelLater, HELD_MS, makeAllUrgent, putPrioritiesBack } from "./bulk";
import { words } from "./bulk-words";

/** How long the priorities that were can be put back by the notice. */
const UNDO_MS = 10_000;

/** The first refusal stands for the others; each of them is seen at its task. */
function tellRefused({ refused }: BulkDone): void {
  const [first] = refused;
  if (first) notify("failed", wordsNow(words).notDone(refused.length), say(first.detail, first));
}

export function cancelMany(tasks: readonly Task[]): void {
  const { willCancel, cancelled, undo } = wordsNow(words);
  const takeBack = cancelLater(tasks.map(({ id }) => id), (asked) => {
    void perform(() => asked, ({ done }) => cancelled(done.length), translation().failed).then((said) => { if (said) tellRefused(said); });
  });
  offerUndo(willCancel(tasks.length, HELD_MS / 1000), undo, takeBack, HELD_MS);
}

export async function makeManyUrgent(tasks: readonly Task[], priority: TaskPriority, then: () => void): Promise<void> {
  const { priorityChanged, undo } = wordsNow(words);
  const said = await perform(() => makeAllUrgent(tasks.map(({ id }) => id), priority), null, translation().failed);
  if (!said) return;
  then();
  tellRefused(said);
  const changed = tasks.filter(({ id }) => said.done.includes(id));
  if (changed.length === 0) return;
  offerUndo(priorityChanged(changed.length, translation().priorities[priority]), undo, () => {
    void perform(() => putPrioritiesBack(changed), null, translation().failed).then(then);
  }, UNDO_MS);
}
