/** The messages of a schedule by link and direction: what numbered arrows show instead of moving dots. */
import type { MessageKind } from "./messages";
import type { Schedule } from "./schedule";

export interface Arc {
  from: number;
  to: number;
  /** Rising; `numbers[i]` was sent in step `sent[i]`. */
  sent: number[];
  numbers: number[];
  kinds: MessageKind[];
}

export function arcsOf(schedule: Schedule): Arc[] {
  const arcs = new Map<string, Arc>();
  for (const message of schedule.messages) {
    const key = `${message.from}:${message.to}`;
    let arc = arcs.get(key);
    if (!arc) arcs.set(key, (arc = { from: message.from, to: message.to, sent: [], numbers: [], kinds: [] }));
    arc.sent.push(message.sentStep);
    arc.numbers.push(message.number);
    arc.kinds.push(message.kind);
  }
  return [...arcs.values()];
}

/** "3", "3, 9", or "3, 9 +4" for the messages sent so far. */
export function arcText(numbers: readonly number[], shown: number): string {
  const first = numbers.slice(0, shown).join(", ");
  return numbers.length > shown ? `${first} +${numbers.length - shown}` : first;
}
