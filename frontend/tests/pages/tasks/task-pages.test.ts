import { expect, test } from "vitest";
import type { Task } from "../../../src/api/types";
import { NOTHING, PAGE, taskAt, TaskPages, withoutFar, withPage, type Loaded } from "../../../src/pages/tasks/task-pages";

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
  expect([same.pages.length, same.rows, taskAt(same, 19)?.id]).toEqual([3, 29, "20"]);
  const other = withPage(loadedPages(3), 0, null, { tasks: tasks(-5, 10), next: "new" });
  expect([other.pages.length, other.rows, other.complete]).toEqual([1, 10, false]);
  expect(withPage(loadedPages(1), 1, "1", { tasks: [], next: null }).complete).toBe(true);
});

test("far from what is seen pages lose their rows and keep their place", () => {
  const near = withoutFar(loadedPages(50), 0, 9);
  expect(near.rows).toBe(500);
  expect(near.pages.filter((page) => page.tasks !== null).length).toBe(11);
  expect([taskAt(near, 5)?.id, taskAt(near, 495)]).toEqual(["5", null]);
});

test("pages are asked for as they are reached, and those that were let go once more", async () => {
  const asked: (string | null)[] = [];
  const listing = new TaskPages((cursor, limit) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    return Promise.resolve({ tasks: tasks(at * limit, limit), next: at === 40 ? null : String(at + 1) });
  });
  const until = async (row: number) => {
    for (let turn = 0; turn < 200 && taskAt(listing.now(), row) === null; turn++) {
      listing.look(Math.min(row, listing.now().rows), Math.min(row, listing.now().rows));
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
  expect(pages.now()).toMatchObject({ rows: 0, complete: true });
  there = [{ id: "a" } as Task];
  await pages.refresh();
  expect(pages.now().rows).toBe(1);
});
