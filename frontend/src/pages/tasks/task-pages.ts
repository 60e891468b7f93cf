/**
 * The pages of a listing that are loaded. Each begins where the one before ends, so none is skipped or told twice; one
 * that is read again and ends elsewhere lets those behind it go. Far from what is seen, pages keep their place and lose
 * their rows, so a million tasks take no more memory than some thousands.
 *
 * How many tasks there are is counted now and then. Where that is exact, the table has so many rows from the beginning,
 * and who leaps to one that is far from what is loaded gets the pages from there on, those before are let go. While
 * tasks come and go, such a row is about the one that was meant; the pages from there on are as sure as ever.
 *
 * Whatever changes may be in any page, and make the last one longer. So each knows of how many changes it was read, and
 * is read again when it is seen and there were more. All that are seen: where few of many tasks match, a page has few
 * rows or none, and a new one may be far behind the first.
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
  /** Of so many changes it knows. */
  changes: number;
}

/** How many tasks there are, as it was counted last, and of how many changes that knows. */
interface Counted {
  matching: CountedTasks | null;
  countedChanges: number;
}

export interface Loaded extends Counted {
  pages: readonly Page[];
  /** The row at which the first page begins, and the one behind the last page. */
  base: number;
  end: number;
  /** Nothing comes behind them. */
  complete: boolean;
  problem: Problem | null;
}

export const NOTHING: Loaded = { pages: [], base: 0, end: 0, complete: false, matching: null, countedChanges: 0, problem: null };

/** The listing of these pages. Their end is that of all, unless more were counted since the last one was read. */
function listed(base: number, pages: readonly Page[], { matching, countedChanges }: Counted): Loaded {
  const last = pages.at(-1);
  const end = last ? last.start + last.length : base;
  const more = last !== undefined && matching?.exact === true && countedChanges > last.changes && matching.tasks > end;
  return { pages, base, end, complete: last?.next === null && !more, matching, countedChanges, problem: null };
}

const countedIn = ({ matching }: Answer, before: Counted, changes: number): Counted =>
  matching ? { matching, countedChanges: changes } : { matching: before.matching, countedChanges: before.countedChanges };

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

/** The listing with page `at` as it was answered, after so many changes; what is behind it stays only where it begins there still. */
export function withPage(loaded: Loaded, at: number, cursor: string | null, answer: Answer, changes = 0): Loaded {
  const { tasks, next } = answer;
  const before = loaded.pages.slice(0, at);
  const start = before.reduce((sum, { length }) => sum + length, loaded.base);
  const page: Page = { cursor, next: next ?? null, start, length: tasks.length, tasks: kept(loaded.pages[at]?.tasks, tasks), changes };
  let end = start + tasks.length;
  const fits = loaded.pages[at + 1]?.cursor === page.next;
  const behind = (fits ? loaded.pages.slice(at + 1) : []).map((each) => {
    const moved = { ...each, start: end };
    end += each.length;
    return moved;
  });
  return listed(loaded.base, [...before, page, ...behind], countedIn(answer, loaded, changes));
}

/** The listing with the first page's tasks as they were answered, each in its place: others may have come before them. */
export function inPlace(loaded: Loaded, answer: Answer, changes: number): Loaded {
  const told = new Map(answer.tasks.map((task) => [task.id, task]));
  const pages = loaded.pages.map((page, at) => {
    if (at > 0 || !page.tasks) return page;
    return { ...page, tasks: kept(page.tasks, page.tasks.map((task) => told.get(task.id) ?? task)), changes };
  });
  return listed(loaded.base, pages, countedIn(answer, loaded, changes));
}

/** The listing with the page that begins at row `skip`, and no other but those from `loaded.base` on, if that is where it ends. */
export function withLeap(loaded: Loaded, skip: number, answer: Answer, changes = 0): Loaded {
  const { matching, countedChanges } = loaded;
  const own = withPage({ ...NOTHING, base: skip, matching, countedChanges }, 0, null, answer, changes);
  const there = new Set(answer.tasks.map(({ id }) => id));
  const [first, ...others] = loaded.pages;
  const joins = first !== undefined && own.end === loaded.base && !first.tasks?.some(({ id }) => there.has(id)) && !own.complete;
  if (!joins) return own;
  return listed(skip, [...own.pages, { ...first, cursor: own.pages[0]?.next ?? null }, ...others], own);
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
  /** How often something may have changed. */
  private changes = 0;
  /** The first page is as it was, but for its tasks: the listing begins with others by now. */
  private outdated = false;
  private seen = { first: 0, last: 0 };
  /** When it is counted again, as `performance.now` has it (ms). */
  private countMs = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When that runs out, in the same way. */
  private dueMs = Infinity;

  constructor(private readonly ask: (page: Asked) => Promise<Answer>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  readonly now = (): Loaded => this.loaded;

  /** Says which rows are seen; asks for what of them, or right behind them, is not there or not as it is now. */
  look(first: number, last: number): void {
    this.seen = { first, last };
    void this.step();
  }

  /** Something may have changed: asks again for what is seen. At the top that has what is new; else rows stay where they are. */
  async refresh(): Promise<void> {
    this.changes += 1;
    this.countSoon();
    await this.step();
  }

  /** Asks for what is wanted most; afterwards for the next. */
  private async step(): Promise<void> {
    const { first, last } = this.seen;
    const { pages, base, end, complete } = this.loaded;
    const gone = pages.findIndex(({ tasks, start, length }) => tasks === null && start + length > first && start <= last);
    if (gone >= 0) await this.read(gone);
    else if (base > 0 && first < base + PAGE) await this.leap(base - first <= PAGE ? base - PAGE : pageBefore(first), base);
    else if (!complete && first > end + READ_THROUGH * PAGE) await this.leap(pageBefore(first), base);
    else if (!complete && last >= end - PAGE / 2) await this.read(pages.at(-1)?.next === null ? pages.length - 1 : pages.length);
    else if (this.outdated && this.isAtTop) await this.read(0);
    else {
      const old = this.oldestSeen();
      if (old >= 0) await this.read(old);
    }
  }

  /** Of the pages that are seen and do not know of all changes, the one that was read before the others; -1 where there is none. */
  private oldestSeen(): number {
    const { first, last } = this.seen;
    let found = -1;
    let least = this.changes;
    this.loaded.pages.forEach(({ start, length, changes }, at) => {
      if (start > last + 1 || start + length < first || changes >= least) return;
      found = at;
      least = changes;
    });
    return found;
  }

  private async read(at: number): Promise<void> {
    const { pages, base } = this.loaded;
    const cursor = at === 0 ? null : pages[at - 1]?.next ?? null;
    const skip = at === 0 ? base : 0;
    await this.answer({ cursor, skip, limit: PAGE }, (answer, changes) => {
      if (at > 0) return withPage(this.loaded, at, cursor, answer, changes);
      const first = this.loaded.pages[0]?.tasks?.[0];
      this.outdated = !this.isAtTop && first !== undefined && first.id !== answer.tasks[0]?.id;
      return this.outdated ? inPlace(this.loaded, answer, changes) : withPage(this.loaded, 0, null, answer, changes);
    });
  }

  private get isAtTop(): boolean {
    return this.seen.first === 0 && this.loaded.base === 0;
  }

  /** Asks for the page at row `skip`, or 0; up to `base`, if that is not far. */
  private async leap(row: number, base: number): Promise<void> {
    const skip = Math.max(0, row);
    const limit = skip < base ? Math.min(PAGE, base - skip) : PAGE;
    await this.answer({ cursor: null, skip, limit }, (answer, changes) => {
      this.outdated = false;
      return withLeap(this.loaded, skip, answer, changes);
    });
  }

  private async answer(asked: Omit<Asked, "count">, then: (answer: Answer, changes: number) => Loaded): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const { changes } = this;
    const beganMs = performance.now();
    const count = beganMs >= this.countMs;
    try {
      const answer = await this.ask({ ...asked, count });
      if (count) this.countMs = performance.now() + Math.max(COUNT_MS, COUNT_SHARE * (performance.now() - beganMs));
      if (asked.skip > 0 && answer.tasks.length === 0 && answer.next === null) this.restart();
      else this.set(withoutFar(this.doubted(then(answer, changes)), this.seen.first, this.seen.last));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      this.set({ ...this.loaded, problem: error.problem });
      this.refreshIn(RETRY_MS);
      return;
    } finally {
      this.asking = false;
    }
    void this.step();
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
    const dueMs = performance.now() + waitMs;
    if (dueMs >= this.dueMs) return;
    clearTimeout(this.timer);
    this.dueMs = dueMs;
    this.timer = setTimeout(() => {
      this.dueMs = Infinity;
      if (this.listeners.size > 0) void this.refresh();
    }, waitMs);
  }

  /** From the beginning: what was leapt to is no more, there are fewer tasks now. */
  private restart(): void {
    this.countMs = -Infinity;
    this.outdated = false;
    this.seen = { first: 0, last: 0 };
    this.set(NOTHING);
  }

  private set(loaded: Loaded): void {
    this.loaded = loaded;
    for (const listener of [...this.listeners]) listener();
  }
}
