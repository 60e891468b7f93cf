import { expect, test, vi } from "vitest";
import { ActionError } from "../../../src/api/rest";
import type { Task } from "../../../src/api/types";
import { NOTHING, PAGE, rowsOf, taskAt, TaskPages, totalOf, withLeap, withoutFar, withPage, type Asked, type Loaded } from "../../../src/pages/tasks/task-pages";

const tasks = (from: number, length: number): Task[] => Array.from({ length }, (_, at) => ({ id: String(from + at) }) as Task);

function loadedPages(pages: number): Loaded {
  let loaded = NOTHING;
  for (let at = 0; at < pages; at++) {
    loaded = withPage(loaded, at, at === 0 ? null : String(at), { tasks: tasks(at * 10, 10), next: String(at + 1) });
  }
  return loaded;
}

test("a page that is read again keeps those behind it where it ends as before, and else lets them go", () => {
  const same = withPage(loadedPages(3), 1, "1", { tasks: tasks(10, 9), next: "2" });
  expect([same.pages.length, same.end, taskAt(same, 19)?.id]).toEqual([3, 29, "20"]);
  const other = withPage(loadedPages(3), 0, null, { tasks: tasks(-5, 10), next: "new" });
  expect([other.pages.length, other.end, other.complete]).toEqual([1, 10, false]);
  expect(withPage(loadedPages(1), 1, "1", { tasks: [], next: null }).complete).toBe(true);
});

test("far from what is seen pages lose their rows and keep their place", () => {
  const near = withoutFar(loadedPages(50), 0, 9);
  expect(near.end).toBe(500);
  expect(near.pages.filter((page) => page.tasks !== null).length).toBe(11);
  expect([taskAt(near, 5)?.id, taskAt(near, 495)]).toEqual(["5", null]);
});

test("pages are asked for as they are reached, and those that were let go once more", async () => {
  const asked: (string | null)[] = [];
  const listing = new TaskPages(({ cursor, limit }) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    return Promise.resolve({ tasks: tasks(at * limit, limit), next: at === 40 ? null : String(at + 1) });
  });
  const until = async (row: number) => {
    for (let turn = 0; turn < 200 && taskAt(listing.now(), row) === null; turn++) {
      listing.look(Math.min(row, listing.now().end), Math.min(row, listing.now().end));
      await Promise.resolve();
    }
  };
  await until(30 * PAGE);
  expect(taskAt(listing.now(), 30 * PAGE)?.id).toBe(String(30 * PAGE));
  expect(taskAt(listing.now(), 0)).toBeNull();
  await until(0);
  expect(taskAt(listing.now(), 0)?.id).toBe("0");
  expect(asked.filter((cursor) => cursor === null).length).toBe(2);
});

test("a listing that was empty is asked for again, and has what is new", async () => {
  let there: Task[] = [];
  const pages = new TaskPages(() => Promise.resolve({ tasks: there, next: null }));
  await pages.refresh();
  expect(pages.now()).toMatchObject({ end: 0, complete: true });
  there = [{ id: "a" } as Task];
  await pages.refresh();
  expect(pages.now().end).toBe(1);
});

/** A lab with so many tasks, asked by their places; `asked` has the questions. */
function counted(there: () => number) {
  const asked: Asked[] = [];
  const pages = new TaskPages((page) => {
    asked.push(page);
    const from = page.skip + Number(page.cursor ?? 0);
    const length = Math.max(0, Math.min(page.limit, there() - from));
    const next = from + length < there() ? String(from + length) : null;
    return Promise.resolve({ tasks: tasks(from, length), next, ...(page.count && { matching: { tasks: there(), exact: true } }) });
  });
  return { asked, pages };
}

/** Looks at a row until it is there. */
async function see(pages: TaskPages, row: number): Promise<void> {
  for (let turn = 0; turn < 50 && taskAt(pages.now(), row) === null; turn++) {
    pages.look(row, row + 20);
    await Promise.resolve();
    await Promise.resolve();
  }
}

test("where all are counted the table has all rows at once, and a leap to one of them asks for a few pages", async () => {
  const { asked, pages } = counted(() => 1_000_000);
  await pages.refresh();
  expect([rowsOf(pages.now()), totalOf(pages.now())]).toEqual([1_000_000, { tasks: 1_000_000, exact: true }]);
  await see(pages, 999_950);
  expect(taskAt(pages.now(), 999_950)?.id).toBe("999950");
  await see(pages, 0);
  expect(taskAt(pages.now(), 0)?.id).toBe("0");
  expect(asked.length).toBeLessThan(10);
  expect(asked.filter(({ count }) => count).length).toBe(1);
});

test("who scrolls up from where a leap has led comes to the rows before, and those that are there stay", async () => {
  const { pages } = counted(() => 10_000);
  await pages.refresh();
  await see(pages, 5_000);
  const { base } = pages.now();
  expect(base).toBe(5_000 - PAGE);
  await see(pages, base - 1);
  expect([taskAt(pages.now(), base - 1)?.id, taskAt(pages.now(), 5_000)?.id]).toEqual([String(base - 1), "5000"]);
});

test("rows before a leap that do not join those that are there take their place", () => {
  const leapt = withLeap({ ...NOTHING, matching: { tasks: 100, exact: true } }, 20, { tasks: tasks(20, 10), next: "30" });
  expect([leapt.base, leapt.end, rowsOf(leapt)]).toEqual([20, 30, 100]);
  const joined = withLeap(leapt, 10, { tasks: tasks(10, 10), next: "20" });
  expect([joined.base, joined.end, taskAt(joined, 25)?.id]).toEqual([10, 30, "25"]);
  const moved = withLeap(leapt, 10, { tasks: tasks(11, 10), next: "21" });
  expect([moved.base, moved.end, taskAt(moved, 19)?.id]).toEqual([10, 20, "20"]);
});

test("a leap to a row that is no more begins anew", async () => {
  let there = 10_000;
  const { pages } = counted(() => there);
  await pages.refresh();
  there = 30;
  const rows: number[] = [];
  pages.subscribe(() => { rows.push(rowsOf(pages.now())); });
  pages.look(9_000, 9_020);
  await expect.poll(() => pages.now().complete).toBe(true);
  expect([rows.includes(0), rowsOf(pages.now())]).toEqual([true, 30]);
});

test("a total that is not exact is told as at least so many, and the table has the rows that are loaded", async () => {
  const pages = new TaskPages(() => Promise.resolve({ tasks: tasks(0, 7), next: "7", matching: { tasks: 5, exact: false } }));
  await pages.refresh();
  expect([rowsOf(pages.now()) % 7, totalOf(pages.now())?.exact]).toEqual([0, false]);
});

test("where more are loaded than were counted they are at least so many, and are counted anew", async () => {
  let there = 0;
  const { asked, pages } = counted(() => there);
  await pages.refresh();
  there = 5_000;
  await pages.refresh();
  expect(totalOf(pages.now())).toEqual({ tasks: PAGE, exact: false });
  await pages.refresh();
  expect(totalOf(pages.now())).toEqual({ tasks: 5_000, exact: true });
  expect(asked.filter(({ count }) => count).length).toBe(2);
});

test("a change that is told while an answer is on its way is asked for once it has come", async () => {
  let there: Task[] = [];
  const answers: (() => void)[] = [];
  const pages = new TaskPages(() => {
    const found = there;
    return new Promise((resolve) => { answers.push(() => { resolve({ tasks: found, next: null }); }); });
  });
  const first = pages.refresh();
  there = [{ id: "a" } as Task];
  await pages.refresh();
  expect(answers.length).toBe(1);
  answers[0]?.();
  while (answers.length < 2) await Promise.resolve();
  answers[1]?.();
  await first;
  expect(pages.now().end).toBe(1);
});

test("after a failure it is asked again by itself", async () => {
  vi.useFakeTimers();
  let fails = true;
  const pages = new TaskPages(() => fails
    ? Promise.reject(new ActionError({ type: "about:blank", title: "No answer", status: 503, detail: "" }))
    : Promise.resolve({ tasks: tasks(0, 1), next: null }));
  pages.subscribe(() => undefined);
  await pages.refresh();
  expect(pages.now().problem?.status).toBe(503);
  fails = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(pages.now()).toMatchObject({ end: 1, problem: null });
  vi.useRealTimers();
});

/** A lab that looks at `window` of its tasks for one page, and answers with those that are wanted: so a page may be short, or empty. */
function looking(window: number, there: readonly { id: string; wanted: boolean }[]) {
  const asked: Asked[] = [];
  const pages = new TaskPages((page) => {
    asked.push(page);
    const from = Number(page.cursor ?? 0);
    const found = there.slice(from, from + window).filter(({ wanted }) => wanted).map(({ id }) => ({ id }) as Task);
    const wanted = there.filter((task) => task.wanted).length;
    return Promise.resolve({ tasks: found, next: from + window < there.length ? String(from + window) : null, ...(page.count && { matching: { tasks: wanted, exact: true } }) });
  });
  return { asked, pages };
}

test("where none of the tasks that are first looked at match, one that comes behind them is there once it is told of", async () => {
  const there = Array.from({ length: 25 }, (_, at) => ({ id: String(at), wanted: false }));
  const { pages } = looking(10, there);
  await pages.refresh();
  await expect.poll(() => [pages.now().complete, rowsOf(pages.now())]).toEqual([true, 0]);
  there.push({ id: "new", wanted: true });
  await pages.refresh();
  await expect.poll(() => rowsOf(pages.now())).toBe(1);
  expect(taskAt(pages.now(), 0)?.id).toBe("new");
});

test("each page that is seen is asked for again after a change, one after another, and then no more", async () => {
  const there = Array.from({ length: 30 }, (_, at) => ({ id: String(at), wanted: at % 10 === 0 }));
  const { asked, pages } = looking(10, there);
  await pages.refresh();
  await expect.poll(() => pages.now().complete).toBe(true);
  pages.look(0, 2);
  asked.length = 0;
  await pages.refresh();
  await expect.poll(() => asked.map(({ cursor }) => cursor)).toEqual([null, "10", "20"]);
  pages.look(0, 2);
  await Promise.resolve();
  expect(asked.length).toBe(3);
});

test("tasks that are counted behind the last page are rows of the table, and it is read again once they are come to", async () => {
  vi.useFakeTimers();
  let there = 3 * PAGE;
  const { pages } = counted(() => there);
  await pages.refresh();
  await see(pages, there - 1);
  expect([pages.now().complete, rowsOf(pages.now())]).toEqual([true, there]);
  pages.look(0, 20);
  there += 5;
  await vi.advanceTimersByTimeAsync(10_000);
  await pages.refresh();
  expect([pages.now().complete, rowsOf(pages.now())]).toEqual([false, there]);
  await see(pages, there - 1);
  expect([pages.now().complete, taskAt(pages.now(), there - 1)?.id]).toEqual([true, String(there - 1)]);
  vi.useRealTimers();
});

test("below the top of the first page tasks change in their places, and what has come before them is seen at the top", async () => {
  let there = tasks(0, 100);
  const pages = new TaskPages(() => Promise.resolve({ tasks: there, next: null }));
  await pages.refresh();
  pages.look(40, 60);
  there = [{ id: "new" } as Task, ...there.map((task) => ({ ...task, status: "completed" as const }))];
  await pages.refresh();
  expect([taskAt(pages.now(), 0)?.id, taskAt(pages.now(), 50)?.status]).toEqual(["0", "completed"]);
  pages.look(0, 20);
  await expect.poll(() => taskAt(pages.now(), 0)?.id).toBe("new");
});

test("a failure is asked about again soon, also where it is to be counted much later", async () => {
  vi.useFakeTimers();
  let takesMs = 10_000; // so it is counted again after 200 s
  let fails = false;
  const pages = new TaskPages(async ({ count }) => {
    await new Promise((resolve) => setTimeout(resolve, takesMs));
    if (fails) throw new ActionError({ type: "about:blank", title: "No answer", status: 503, detail: "" });
    return { tasks: tasks(0, 1), next: null, ...(count && { matching: { tasks: 1, exact: true } }) };
  });
  pages.subscribe(() => undefined);
  void pages.refresh();
  await vi.advanceTimersByTimeAsync(takesMs);
  [takesMs, fails] = [1, true];
  void pages.refresh();
  await vi.advanceTimersByTimeAsync(10);
  expect(pages.now().problem?.status).toBe(503);
  fails = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(pages.now().problem).toBeNull();
  vi.useRealTimers();
});
