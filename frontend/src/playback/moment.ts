/** One moment of a schedule: which messages are on their way, what each node has done, how many were sent. */
import type { Message, Phase, Schedule } from "./schedule";

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

/** Messages sent up to `at`. */
export const sentUntil = (schedule: Schedule, at: number): number =>
  countUntil(schedule.messages.length, (index) => schedule.messages[index]?.sent ?? 0, at);

/** Calls `visit` for each message on its way at `at`, with the part of its way that it has gone (0 to 1). */
export function onTheirWay(schedule: Schedule, at: number, visit: (message: Message, part: number) => void): void {
  for (let index = sentUntil(schedule, at) - 1; index >= 0; index--) {
    const message = schedule.messages[index];
    if (!message || message.sent < at - schedule.longest) break;
    if (at >= message.arrives) continue;
    const flight = message.arrives - message.sent;
    visit(message, flight > 0 ? (at - message.sent) / flight : 1);
  }
}

/** The phase of every node of the schedule at `at`. */
export function phasesAt(schedule: Schedule, at: number): Phase[] {
  const phases = new Array<Phase>(schedule.nodes.length).fill("idle");
  const until = countUntil(schedule.changes.length, (index) => schedule.changes[index]?.at ?? 0, at);
  for (let index = 0; index < until; index++) {
    const change = schedule.changes[index];
    if (change) phases[change.node] = change.phase;
  }
  return phases;
}

/** The next moment after `at` (or the one before it, backwards); the ends of the schedule where there is none. */
export function nextMoment(schedule: Schedule, at: number, direction: 1 | -1): number {
  const tiny = 1e-6;
  const { moments, length } = schedule;
  if (direction === 1) return moments[countUntil(moments.length, (i) => moments[i] ?? 0, at + tiny)] ?? length;
  return moments[countUntil(moments.length, (i) => moments[i] ?? 0, at - tiny) - 1] ?? 0;
}
