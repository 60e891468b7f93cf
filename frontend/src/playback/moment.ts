/** One moment of a score: which messages are on their way, what each node has done, how many were sent. */
import type { Message, Phase, Score } from "./score";

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
export const sentUntil = (score: Score, at: number): number =>
  countUntil(score.messages.length, (index) => score.messages[index]?.sent ?? 0, at);

/** Calls `visit` for each message on its way at `at`, with the part of its way that it has gone (0 to 1). */
export function onTheirWay(score: Score, at: number, visit: (message: Message, part: number) => void): void {
  for (let index = sentUntil(score, at) - 1; index >= 0; index--) {
    const message = score.messages[index];
    if (!message || message.sent < at - score.longest) break;
    if (at >= message.arrives) continue;
    const flight = message.arrives - message.sent;
    visit(message, flight > 0 ? (at - message.sent) / flight : 1);
  }
}

/** The phase of every node of the score at `at`. */
export function phasesAt(score: Score, at: number): Phase[] {
  const phases = new Array<Phase>(score.nodes.length).fill("idle");
  const until = countUntil(score.changes.length, (index) => score.changes[index]?.at ?? 0, at);
  for (let index = 0; index < until; index++) {
    const change = score.changes[index];
    if (change) phases[change.node] = change.phase;
  }
  return phases;
}

/** The next moment after `at` (or the one before it, backwards); the ends of the score where there is none. */
export function nextMoment(score: Score, at: number, direction: 1 | -1): number {
  const tiny = 1e-6;
  const { moments, length } = score;
  if (direction === 1) return moments[countUntil(moments.length, (i) => moments[i] ?? 0, at + tiny)] ?? length;
  return moments[countUntil(moments.length, (i) => moments[i] ?? 0, at - tiny) - 1] ?? 0;
}
