/** What the page asks of the lab about tasks, and about the nodes as executors. */
import { parseAsWritten, parseExactJson } from "./json";
import { readDescription, request } from "./rest";
import type { BulkDone, BulkOrder, CountedTasks, ExampleScript, ExecutorChanged, ExecutorOrder, Executors, TaskHistory, TaskPriority, TaskQuery, Tasks, TasksPlaced } from "./types";

/** The query that says `wanted`; what is empty is not said, and a list is said once for each. */
export function queryOf(wanted: object): string {
  const said = Object.entries(wanted).flatMap(([name, value]: [string, unknown]) =>
    [value].flat().filter((one) => one !== undefined && one !== null && one !== "").map((one) => [name, String(one)]));
  const query = new URLSearchParams(said).toString();
  return query && `?${query}`;
}

type Several = Partial<Record<"node" | "category" | "role", readonly string[]>>;

/** Names as the lab takes them: it is told by `without` of which ones "" is among them, since what is empty says nothing. */
export function namedAndWithout(wanted: Several): Partial<Record<keyof Several, string[]>> & { without: (keyof Several)[] } {
  const all = Object.entries(wanted) as [keyof Several, readonly string[]][];
  return {
    ...Object.fromEntries(all.map(([what, values]) => [what, values.filter((value) => value !== "")])),
    without: all.filter(([, values]) => values.includes("")).map(([what]) => what),
  };
}

const pathOf = (id: string) => `/tasks/${encodeURIComponent(id)}`;

export const readTasks = (wanted: TaskQuery) => request("GET", `/tasks${queryOf(wanted)}`) as Promise<Tasks>;
/** How many there are in all pages; at least so many where that is not exact. */
export const countTasks = async (wanted: TaskQuery): Promise<CountedTasks> =>
  (await readTasks({ ...wanted, limit: 1, count: true })).matching ?? { tasks: 0, exact: false };
/** With numbers of any size: what a script says is shown as it is. */
export const readTask = (id: string) => request("GET", pathOf(id), undefined, undefined, parseExactJson) as Promise<TaskHistory>;
/** To be submitted again, and not to be shown. */
export const readTaskAsWritten = (id: string) => request("GET", pathOf(id), undefined, undefined, parseAsWritten) as Promise<TaskHistory>;
export const cancelTask = (id: string) => request("DELETE", pathOf(id));
/** `order`: JSON text. */
export const submitTasks = (order: string) => request("POST", "/tasks", order) as Promise<TasksPlaced>;
export const setPriority = (id: string, priority: TaskPriority) => request("PATCH", pathOf(id), { priority });
/** One request about at most `BULK_TASKS` of the balancer's limits, named or a page of those that match; what is not done to one is told of that one. */
export const changeMany = (order: BulkOrder) => request("POST", "/tasks/bulk", order) as Promise<BulkDone>;
/** Puts a failed task back. */
export const retryTask = (id: string) => request("POST", `${pathOf(id)}/retry`);

export const listScripts = async () => (await readDescription("/scripts")) as ExampleScript[];

export const readExecutors = async () => ((await request("GET", "/executors")) as Executors).executors;
export const changeExecutor = (name: string, changes: Partial<ExecutorOrder>) =>
  request("PATCH", `/executors/${encodeURIComponent(name)}`, changes) as Promise<ExecutorChanged>;
