/**
 * The pages, in the order of the navigation: where each is, how it is called, and how it is loaded.
 *
 * A new page is a row here, its name in words.ts, and its path in PAGES of balancer/page.py; a test holds the last two
 * together. A path may hold a parameter (`/tasks/:id`), which the page reads by `useParams` of wouter.
 */
import type { ComponentType } from "react";
import type { words } from "./words";

export interface Route {
  /** Its name is `pages[name]` of the words. */
  name: keyof (typeof words)["en"]["pages"];
  /** The first one is where the navigation leads. */
  paths: readonly [string, ...string[]];
  /** Its own chunk: nothing of a page is loaded before it is opened. */
  load: () => Promise<{ default: ComponentType }>;
}

export const ROUTES: readonly Route[] = [
  { name: "lab", paths: ["/", "/app"], load: () => import("../pages/lab/LabPage") },
  { name: "dashboard", paths: ["/dashboard"], load: () => import("../pages/dashboard/DashboardPage") },
  { name: "tasks", paths: ["/tasks", "/tasks/:id"], load: () => import("../pages/tasks/TasksPage") },
  { name: "executors", paths: ["/executors", "/executors/:name"], load: () => import("../pages/executors/ExecutorsPage") },
  { name: "experiments", paths: ["/experiments", "/experiments/:id"], load: () => import("../pages/experiments/ExperimentsPage") },
  { name: "guide", paths: ["/guide", "/guide/:step"], load: () => import("../pages/guide/GuidePage") },
];

const firstPart = (path: string): string => path.split("/")[1] ?? "";

/** Begins to load the page of an address, which is known before there is anything to show it. It is asked for again when it is shown. */
export function loadPageOf(path: string): void {
  const route = ROUTES.find(({ paths }) => paths.some((each) => firstPart(each) === firstPart(path)));
  route?.load().catch(() => undefined);
}
