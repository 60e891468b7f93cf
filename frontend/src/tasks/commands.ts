/** What the panel of tasks does: each an action on the balancer, and what the page says of the answer. */
import { cancelTask, changeExecutor, retryTask, setPriority } from "../api/tasks";
import type { Executor, TaskPriority } from "../api/types";
import { names } from "../i18n/format";
import { translation as words } from "../i18n/use-translation";
import { notify, perform } from "../state/notices";


export async function cancel(id: string): Promise<void> {
  await perform(() => cancelTask(id), words().taskCancelled(id), words().failed);
}

/** Who looks at the task sees its new priority and state by the lab's own word. */
export async function makeUrgent(id: string, priority: TaskPriority): Promise<void> {
  await perform(() => setPriority(id, priority), null, words().failed);
}

export async function putBack(id: string): Promise<void> {
  await perform(() => retryTask(id), words().taskPutBack(id), words().failed);
}

/** Names shown of the nodes that do not know a change yet. */
export const NAMES_SHOWN = 3;

/** What the lab has of the node now; null where it refused. */
export async function setActive(name: string, active: boolean): Promise<Executor | null> {
  const said = await perform(() => changeExecutor(name, { active }), null, words().failed);
  if (!said) return null;
  const late = said.not_yet.length > 0 ? words().notYet(names(said.not_yet, NAMES_SHOWN)) : "";
  notify("done", words().executorChanged(name, active), late);
  return said.executor;
}
