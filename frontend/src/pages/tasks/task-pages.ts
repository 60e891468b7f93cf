/**
 * The pages of a listing that are loaded. Each begins where the one before ends, so none is skipped or told twice; one
 * that is read again and ends elsewhere lets those behind it go. Far from what is seen, pages keep their place and lose
 * their rows, so a million tasks take no more memory than some thousands. Pure but for the asking.
 */
import { ActionError } from "../../api/rest";
import type { Problem, Task, Tasks } from "../../api/types";

type Answer = Pick<Tasks, "tasks" | "next">;

/** Tasks of one page. */
export const PAGE = 200;
/** Pages before and behind what is seen that keep their rows. */
const KEPT_AROUND = 10;

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
  /** Rows of all pages. */
  rows: number;
  /** Nothing comes behind them. */
  complete: boolean;
  problem: Problem | null;
}

export const NOTHING: Loaded = { pages: [], rows: 0, complete: false, problem: null };

const pageAt = (pages: readonly Page[], row: number): number => pages.findIndex(({ start, length }) => row >= start && row < start + length);

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
export function withPage(loaded: Loaded, at: number, cursor: string | null, { tasks, next }: Answer): Loaded {
  const before = loaded.pages.slice(0, at);
  const start = before.reduce((sum, { length }) => sum + length, 0);
  const page: Page = { cursor, next: next ?? null, start, length: tasks.length, tasks: kept(loaded.pages[at]?.tasks, tasks) };
  let rows = start + tasks.length;
  const fits = loaded.pages[at + 1]?.cursor === page.next;
  const behind = (fits ? loaded.pages.slice(at + 1) : []).map((each) => {
    const moved = { ...each, start: rows };
    rows += each.length;
    return moved;
  });
  const pages = [...before, page, ...behind];
  return { pages, rows, complete: pages.at(-1)?.next === null, problem: null };
}

/** Without the rows of pages far from `first` to `last`. */
export function withoutFar(loaded: Loaded, first: number, last: number): Loaded {
  const from = pageAt(loaded.pages, first) - KEPT_AROUND;
  const to = Math.max(pageAt(loaded.pages, last), 0) + KEPT_AROUND;
  const far = (at: number) => at < from || at > to;
  if (!loaded.pages.some(({ tasks }, at) => tasks !== null && far(at))) return loaded;
  return { ...loaded, pages: loaded.pages.map((page, at) => (far(at) ? { ...page, tasks: null } : page)) };
}

/** One listing, asked for as it is looked at. */
export class TaskPages {
  private loaded: Loaded = NOTHING;
  private readonly listeners = new Set<() => void>();
  private asking = false;
  private seen = { first: 0, last: 0 };

  constructor(private readonly ask: (cursor: string | null, limit: number) => Promise<Answer>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  readonly now = (): Loaded => this.loaded;

  /** Says which rows are seen; asks for what of them, or right behind them, is not there. */
  look(first: number, last: number): void {
    this.seen = { first, last };
    const { pages, rows, complete } = this.loaded;
    const gone = pages.findIndex(({ tasks, start, length }) => tasks === null && start + length > first && start <= last);
    if (gone >= 0) void this.read(gone);
    else if (!complete && last >= rows - PAGE / 2) void this.read(pages.length);
  }

  /** Asks again for the page that is seen. At the top that is the first one, with what is new; else rows stay where they are. */
  async refresh(): Promise<void> {
    const at = pageAt(this.loaded.pages, this.seen.first);
    if (at > 0 || this.seen.first === 0 || this.loaded.rows === 0) await this.read(Math.max(at, 0));
  }

  private async read(at: number): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const cursor = at === 0 ? null : this.loaded.pages[at - 1]?.next ?? null;
    try {
      const answer = await this.ask(cursor, PAGE);
      this.set(withoutFar(withPage(this.loaded, at, cursor, answer), this.seen.first, this.seen.last));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      this.set({ ...this.loaded, problem: error.problem });
      return;
    } finally {
      this.asking = false;
    }
    this.look(this.seen.first, this.seen.last);
  }

  private set(loaded: Loaded): void {
    this.loaded = loaded;
    for (const listener of [...this.listeners]) listener();
  }
}
