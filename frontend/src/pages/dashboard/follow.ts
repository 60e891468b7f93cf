/**
 * Histories that are followed: the first answer to a question is whole, each further one has only what is newer than the
 * answer before, and is put behind it. What does not fit together (longer steps, other nodes, a lab that was started
 * again) is asked for whole.
 */
import type { NodeHistory, SeriesHistory } from "../../api/types";

type History = SeriesHistory | NodeHistory;

/** Questions whose answers are kept: a dashboard asks one for each role, and a few more. */
const MOST_KEPT = 32;

/** Whether an answer to `after` goes on where the one before ended. */
const goesOn = (before: History, newer: History): boolean => newer.step_s === before.step_s && newer.cursor >= before.cursor;

/** Which steps of the one before stay: those that are not over before the span begins, and are not told again. */
function kept(before: History, newer: History): [number, number] {
  const first = before.time.findIndex((time) => time + before.step_s > newer.since);
  const [again = Infinity] = newer.time;
  const end = before.time.findIndex((time) => time >= again);
  const last = end < 0 ? before.time.length : end;
  return [first < 0 ? last : Math.min(first, last), last];
}

/** The series before with what is newer; null where it is no continuation. */
export function seriesWith(before: SeriesHistory, newer: SeriesHistory): SeriesHistory | null {
  const names = Object.keys(newer.series);
  if (!goesOn(before, newer) || names.length !== Object.keys(before.series).length || !names.every((name) => name in before.series)) return null;
  const [first, last] = kept(before, newer);
  const put = <T>(old: readonly T[], more: readonly T[]): T[] => [...old.slice(first, last), ...more];
  return {
    ...newer,
    time: put(before.time, newer.time),
    counted_since: (first > 0 ? before.counted_until[first - 1] : before.counted_since) ?? null,
    counted_until: put(before.counted_until, newer.counted_until),
    series: Object.fromEntries(names.map((name) => [name, put(before.series[name] ?? [], newer.series[name] ?? [])])),
  };
}

/** The rows before with what is newer; null where it is no continuation. */
export function nodesWith(before: NodeHistory, newer: NodeHistory): NodeHistory | null {
  const same = newer.nodes.length === before.nodes.length && newer.nodes.every((node, at) => node === before.nodes[at]);
  if (!goesOn(before, newer) || !same) return null;
  const [first, last] = kept(before, newer);
  return {
    ...newer,
    time: [...before.time.slice(first, last), ...newer.time],
    values: newer.values.map((row, at) => [...(before.values[at] ?? []).slice(first, last), ...row]),
  };
}

/** Asks questions that differ in their span alone, by their keys, each time for what is new. */
export class Follower<H extends History> {
  private readonly answers = new Map<string, H>();

  constructor(private readonly merged: (before: H, newer: H) => H | null) {}

  /** The history that `ask` answers; `after` is left out where all of it is wanted. */
  async follow(key: string, ask: (after?: { after: number }) => Promise<H>): Promise<H> {
    const before = this.answers.get(key);
    const found = (before && this.merged(before, await ask({ after: before.cursor }))) ?? await ask();
    this.answers.delete(key);
    this.answers.set(key, found);
    for (const [oldest] of this.answers) {
      if (this.answers.size <= MOST_KEPT) break;
      this.answers.delete(oldest);
    }
    return found;
  }
}
