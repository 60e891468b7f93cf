/** What buttons, keys and menus do: each an action on the balancer and what the page does with the answer. */
import { perform } from "../../../state/notices";
import { useView } from "../../../state/view";
import { addTasks, configure, cutNode, rebalanceNow, regenerate, signalNode, startWave } from "../../../api/rest";
import type { Signalled } from "../../../api/types";
import { expectWave } from "../../../playback/autoplay";
import { translations } from "../../../i18n/use-translation";

const words = () => translations[useView.getState().language];

export async function wave(algorithm: string, initiator: string | null): Promise<void> {
  const id = await perform(() => startWave(algorithm, initiator), null, words().failed);
  if (id) expectWave(id);
}

export async function tasks(node: string, count: number): Promise<void> {
  await perform(() => addTasks(node, count), words().tasksAdded(count, node), words().failed);
}

export async function rebalance(): Promise<void> {
  await perform(rebalanceNow, words().rebalanced, words().failed);
}

/** Who looks at the page sees the new delay by the lab's own word, so nothing is said of it here. */
export async function delayLinks(ms: number): Promise<void> {
  await perform(() => configure({ link_delay: ms }), null, words().failed);
}

export async function replaceNetwork(shape: string, nodes: number | null, seed: number): Promise<void> {
  await perform(() => regenerate(shape, nodes, seed), words().regenerated, words().failed);
}

export async function signal(name: string, action: Signalled["action"]): Promise<void> {
  const done = (others: number) => words().signalledNode(name, words().signalled[action], others);
  await perform(() => signalNode(name, action), done, words().failed);
}

export async function cut(name: string): Promise<void> {
  await perform(() => cutNode(name), ({ seconds }) => words().cutOff(name, seconds), words().failed);
}
