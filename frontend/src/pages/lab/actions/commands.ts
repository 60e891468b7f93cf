/** What buttons, keys and menus do: each an action on the balancer and what the page does with the answer. */
import { useCatalog } from "../../../state/catalog";
import { useLab } from "../../../state/lab-store";
import { notify, perform } from "../../../state/notices";
import { ActionError, addTasks, configure, cutNode, rebalanceNow, regenerate, signalNode, startWave } from "../../../api/rest";
import { addNode, linkNodes, removeNode, unlinkNodes } from "../../../api/scaling";
import type { Rule } from "../../../api/balancing";
import type { NodeLeaves, Signalled } from "../../../api/types";
import { whileAsked } from "../../../playback/asked";
import { expectWave } from "../../../playback/autoplay";
import { problemSaid, say } from "../../../i18n/say";
import { translation as words } from "../../../i18n/use-translation";
import { settingRefusal } from "./setting-refusal";
import { rebalanceOutcome } from "./rebalance-outcome";


const begin = (algorithm: string, initiator: string | null, hold: boolean): Promise<string | null> => {
  const title = useCatalog.getState().algorithms.find(({ name }) => name === algorithm)?.title ?? algorithm;
  return whileAsked(say(title), () => perform(() => startWave(algorithm, initiator, hold), null, words().failed));
};

export async function wave(algorithm: string, initiator: string | null): Promise<void> {
  const id = await begin(algorithm, initiator, false);
  if (id) expectWave(id);
}

/** Starts a wave whose messages wait until somebody delivers them; returns its id, or null where it could not be. */
export const heldWave = (algorithm: string, initiator: string | null): Promise<string | null> => begin(algorithm, initiator, true);

export async function tasks(node: string, count: number): Promise<void> {
  await perform(() => addTasks(node, count), words().tasksAdded(count, node), words().failed);
}

export async function rebalance(): Promise<void> {
  const done = await perform(rebalanceNow, null, words().failed);
  if (!done) return;
  const { kind, title, detail } = rebalanceOutcome(done, useLab.getState().lab?.tasks !== null, words());
  notify(kind, title, detail);
}

/** Who looks at the page sees the new delay by the lab's own word, so nothing is said of it here. */
export async function delayLinks(ms: number): Promise<void> {
  await perform(() => configure({ link_delay: ms }), null, words().failed);
}

/** Takes effect with the next round, task or queue; the select shows it by the lab's own word. */
export async function chooseRule(rule: Rule, name: string): Promise<void> {
  await perform(() => configure({ [rule]: name }), null, words().failed);
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

/** Lets a node join below another one; what is not said of it the lab chooses. */
export async function addBelow(parent: string): Promise<void> {
  await perform(() => addNode({ parent }), ({ name, port }) => words().nodeAdded(name, parent, port), words().failed);
}

export async function letLeave(name: string): Promise<void> {
  const done = ({ status }: NodeLeaves) => (status === "left" ? words().nodeLeft(name) : words().nodeLeaves(name));
  await perform(() => removeNode(name), done, words().failed);
}

export async function link(a: string, b: string): Promise<void> {
  await perform(() => linkNodes(a, b), words().linked(a, b), words().failed);
}

export async function unlink(a: string, b: string): Promise<void> {
  await perform(() => unlinkNodes(a, b), words().unlinked(a, b), words().failed);
}

/** Changes a setting whose refusal stands beside its field: returns why the lab does not take it, or null. */
export async function changeSetting(change: Record<string, unknown>): Promise<string | null> {
  try {
    await configure(change);
    return null;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const { title, detail, status } = problemSaid(error.problem);
    return status === 422 ? settingRefusal(detail) : `${title}. ${detail}`;
  }
}
