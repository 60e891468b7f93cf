/**
 * The pages of a listing that are loaded. Each begins where the one before ends, so none is skipped or told twice; one
 * that is read again and ends elsewhere lets those behind it go. Far from what is seen, pages keep their place and lose
 * their rows, so a million tasks take no more memory than some thousands.
 *
 * How many tasks there are is counted now and then. Where that is exact, the table has so many rows from the beginning,
 * and who leaps to one that is far from what is loaded gets the pages from there on, those before are let go. While
 * tasks come and go, such a row is about the one that was meant; the pages from there on are as sure as ever.
 * Pure but for the asking.
 */
import { ActionError } from "../../api/rest";
import type { CountedTasks, Problem, Task, Tasks } from "../../api/types";

type Answer = Pick<Tasks, "tasks" | "next"> & { matching?: CountedTasks | null };
/** Which page is asked for. */
export interface Asked {
  cursor: string | null;
  skip: number;
  limit: number;
  count: boolean;
}

/** Tasks of one page. */
export const PAGE = 200;
/** Pages before and behind what is seen that keep their rows. */
const KEPT_AROUND = 10;
/** Pages behind those that are loaded to which one comes by reading those between. */
const READ_THROUGH = 3;
/** It is counted again after so long, or after so many times as long as an answer with it took. */
const COUNT_MS = 5_000;
/** When it is asked again after a failure: a lab that comes back with the same tasks says of no change. */
const RETRY_MS = 3_000;
const COUNT_SHARE = 20;

interface Page {
  cursor: string | null;
  next: string | null;
  /** Where its rows begin in the whole. */
  start: number;
  length: number;
  /** Null where they were let go. */
  tasks: readonly Task[] | null;
}

export interface Loaded {
  pages: readonly Page[];
  /** The row at which the first page begins, and the one behind the last page. */
  base: number;
  end: number;
  /** Nothing comes behind them. */
  complete: boolean;
  /** How many tasks there are, as it was counted last. */
  matching: CountedTasks | null;
  problem: Problem | null;
}

export const NOTHING: Loaded = { pages: [], base: 0, end: 0, complete: false, matching: null, problem: null };

/** Rows of the table: all that there are, as far as it is known. */
export const rowsOf = ({ end, complete, matching }: Loaded): number => (complete ? end : matching?.exact ? Math.max(end, matching.tasks) : end);

/** How many tasks there are; null where that is not known. */
export function totalOf(loaded: Loaded): CountedTasks | null {
  if (loaded.complete || loaded.matching?.exact) return { tasks: rowsOf(loaded), exact: true };
  return loaded.matching && { tasks: Math.max(loaded.matching.tasks, loaded.end), exact: false };
}

function pageAt(pages: readonly Page[], row: number): number {
  let [from, to] = [0, pages.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const page = pages[middle];
    if (page && page.start + page.length <= row) from = middle + 1;
    else to = middle;
  }
  const page = pages[from];
  return page && row >= page.start ? from : -1;
}

export function taskAt({ pages }: Loaded, row: number): Task | null {
  const page = pages[pageAt(pages, row)];
  return page?.tasks?.[row - page.start] ?? null;
}

export const tasksIn = ({ pages }: Loaded): Task[] => pages.flatMap(({ tasks }) => tasks ?? []);

/** The tasks, each as it was before where nothing of it has changed: its row need not be made anew. */
function kept(before: readonly Task[] | null | undefined, after: readonly Task[]): readonly Task[] {
  if (!before) return after;
  const known = new Map(before.map((task) => [task.id, task]));
  return after.map((task) => {
    const old = known.get(task.id);
    return old && JSON.stringify(old) === JSON.stringify(task) ? old : task;
  });
}

/** The listing with page `at` as it was answered; what is behind it stays only where it begins there still. */
export function withPage(loaded: Loaded, at: number, cursor: string | null, { tasks, next, matching }: Answer): Loaded {
  const before = loaded.pages.slice(0, at);
  const start = before.reduce((sum, { length }) => sum + length, loaded.base);
  const page: Page = { cursor, next: next ?? null, start, length: tasks.length, tasks: kept(loaded.pages[at]?.tasks, tasks) };
  let end = start + tasks.length;
  const fits = loaded.pages[at + 1]?.cursor === page.next;
  const behind = (fits ? loaded.pages.slice(at + 1) : []).map((each) => {
    const moved = { ...each, start: end };
    end += each.length;
    return moved;
  });
  const pages = [...before, page, ...behind];
  return { pages, base: loaded.base, end, complete: pages.at(-1)?.next === null, matching: matching ?? loaded.matching, problem: null };
}

/** The listing with the page that begins at row `skip`, and no other but those from `loaded.base` on, if that is where it ends. */
export function withLeap(loaded: Loaded, skip: number, answer: Answer): Loaded {
  const own = withPage({ ...NOTHING, base: skip, matching: loaded.matching }, 0, null, answer);
  const there = new Set(answer.tasks.map(({ id }) => id));
  const [first, ...others] = loaded.pages;
  const joins = first !== undefined && own.end === loaded.base && !first.tasks?.some(({ id }) => there.has(id)) && !own.complete;
  if (!joins) return own;
  return { ...loaded, pages: [...own.pages, { ...first, cursor: own.pages[0]?.next ?? null }, ...others], base: skip, matching: own.matching, problem: null };
}

/** Without the rows of pages far from `first` to `last`. */
export function withoutFar(loaded: Loaded, first: number, last: number): Loaded {
  const inside = (row: number) => Math.min(Math.max(row, loaded.base), loaded.end - 1);
  const from = pageAt(loaded.pages, inside(first)) - KEPT_AROUND;
  const to = pageAt(loaded.pages, inside(last)) + KEPT_AROUND;
  const far = (at: number) => at < from || at > to;
  if (!loaded.pages.some(({ tasks }, at) => tasks !== null && far(at))) return loaded;
  return { ...loaded, pages: loaded.pages.map((page, at) => (far(at) ? { ...page, tasks: null } : page)) };
}

/** Where a leap to a row begins: a page before, so that the one that is seen has a cursor, by which it is read again. */
const pageBefore = (row: number): number => row - (row % PAGE) - PAGE;

/** One listing, asked for as it is looked at. */
export class TaskPages {
  private loaded: Loaded = NOTHING;
  private readonly listeners = new Set<() => void>();
  private asking = false;
  /** Something has changed while an answer was on its way, which may not know of it. */
  private changed = false;
  private seen = { first: 0, last: 0 };
  /** When it is counted again, as `performance.now` has it (ms). */
  private countMs = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (page: Asked) => Promise<Answer>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  readonly now = (): Loaded => this.loaded;

  /** Says which rows are seen; asks for what of them, or right behind them, is not there. */
  look(first: number, last: number): void {
    this.seen = { first, last };
    const { pages, base, end, complete } = this.loaded;
    const gone = pages.findIndex(({ tasks, start, length }) => tasks === null && start + length > first && start <= last);
    if (gone >= 0) void this.read(gone);
    else if (base > 0 && first < base + PAGE) void this.leap(base - first <= PAGE ? base - PAGE : pageBefore(first), base);
    else if (!complete && first > end + READ_THROUGH * PAGE) void this.leap(pageBefore(first), base);
    else if (!complete && last >= end - PAGE / 2) void this.read(pages.length);
  }

  /** Asks again for the page that is seen. At the top that is the first one, with what is new; else rows stay where they are. */
  async refresh(): Promise<void> {
    this.countSoon();
    if (this.asking) {
      this.changed = true;
      return;
    }
    const { pages, base, end } = this.loaded;
    const at = pageAt(pages, this.seen.first);
    if (at > 0 || (base === 0 && this.seen.first === 0) || end === 0) await this.read(Math.max(at, 0));
  }

  private async read(at: number): Promise<void> {
    const { pages, base } = this.loaded;
    const cursor = at === 0 ? null : pages[at - 1]?.next ?? null;
    const skip = at === 0 ? base : 0;
    await this.answer({ cursor, skip, limit: PAGE }, (answer) => withPage(this.loaded, at, cursor, answer));
  }

  /** Asks for the page at row `skip`, or 0; up to `base`, if that is not far. */
  private async leap(row: number, base: number): Promise<void> {
    const skip = Math.max(0, row);
    const limit = skip < base ? Math.min(PAGE, base - skip) : PAGE;
    await this.answer({ cursor: null, skip, limit }, (answer) => withLeap(this.loaded, skip, answer));
  }

  private async answer(asked: Omit<Asked, "count">, then: (answer: Answer) => Loaded): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const beganMs = performance.now();
    const count = beganMs >= this.countMs;
    try {
      const answer = await this.ask({ ...asked, count });
      if (count) this.countMs = performance.now() + Math.max(COUNT_MS, COUNT_SHARE * (performance.now() - beganMs));
      if (asked.skip > 0 && answer.tasks.length === 0 && answer.next === null) this.restart();
      else this.set(withoutFar(this.doubted(then(answer)), this.seen.first, this.seen.last));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      this.set({ ...this.loaded, problem: error.problem });
      this.refreshIn(RETRY_MS);
      return;
    } finally {
      this.asking = false;
    }
    if (this.changed) {
      this.changed = false;
      await this.refresh();
    }
    this.look(this.seen.first, this.seen.last);
  }

  /** More are loaded than were counted: it is counted anew, and until then they are at least so many. */
  private doubted(loaded: Loaded): Loaded {
    const { complete, end, matching } = loaded;
    if (complete || !matching || matching.tasks >= end) return loaded;
    this.countMs = -Infinity;
    return { ...loaded, matching: { tasks: end, exact: false } };
  }

  /** Something may have changed: where it is not time to count yet, it is looked at once more when it is. */
  private countSoon(): void {
    const waitMs = this.countMs - performance.now();
    if (waitMs > 0) this.refreshIn(waitMs);
  }

  private refreshIn(waitMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.listeners.size > 0) void this.refresh();
    }, waitMs);
  }

  /** From the beginning: what was leapt to is no more, there are fewer tasks now. */
  private restart(): void {
    this.countMs = -Infinity;
    this.seen = { first: 0, last: 0 };
    this.set(NOTHING);
  }

  private set(loaded: Loaded): void {
    this.loaded = loaded;
    for (const listener of [...this.listeners]) listener();
  }
}
