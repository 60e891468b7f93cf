/** One moment of a schedule: which messages are on their way, what each node has done and was, how many were sent. */
import type { Message } from "./messages";
import type { NodeThen, Phase, Schedule } from "./schedule";

/** How many items of a rising list are at or before `at`. */
export function countUntil(length: number, value: (index: number) => number, at: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value(middle) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many steps are over at a place; at the very beginning none. */
export const stepsUntil = ({ steps }: Schedule, at: number): number =>
  at <= 0 ? 0 : countUntil(steps.length, (index) => steps[index]?.at ?? 0, at);

/** Messages sent in the first `steps` steps. */
export const sentUntil = ({ messages }: Schedule, steps: number): number =>
  countUntil(messages.length, (index) => messages[index]?.sentStep ?? 0, steps - 1);

/** Calls `visit` for each message on its way at `at`, after `steps` steps, with the part of its way that it has gone (0 to 1). */
export function onTheirWay(schedule: Schedule, at: number, steps: number, visit: (message: Message, part: number) => void): void {
  for (let index = sentUntil(schedule, steps) - 1; index >= 0; index--) {
    const message = schedule.messages[index];
    if (!message || message.sent < at - schedule.longest) break;
    const over = message.arrivesStep === Infinity ? at >= message.arrives : message.arrivesStep < steps;
    if (over) continue;
    const flight = message.arrives - message.sent;
    visit(message, flight > 0 ? Math.min(1, (at - message.sent) / flight) : 1);
  }
}

/** The phase of every node after `steps` steps. */
export function phasesAfter({ nodes, changes }: Schedule, steps: number): Phase[] {
  const phases = new Array<Phase>(nodes.length).fill("idle");
  for (const { step, node, phase } of changes) {
    if (step > steps) break;
    phases[node] = phase;
  }
  return phases;
}

/** What every node was after `steps` steps. */
export function nodesAfter({ began, nodeChanges }: Schedule, steps: number): NodeThen[] {
  const nodes = [...began];
  for (const { step, node, then } of nodeChanges) {
    if (step > steps) break;
    nodes[node] = then;
  }
  return nodes;
}
