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
  { name: "traces", paths: ["/lab"], load: () => import("../pages/laboratory/LaboratoryPage") },
  { name: "workshop", paths: ["/workshop"], load: () => import("../pages/workshop/WorkshopPage") },
  { name: "guide", paths: ["/guide", "/guide/:step"], load: () => import("../pages/guide/GuidePage") },
];

const firstPart = (path: string): string => path.split("/")[1] ?? "";

/** Pages that are there already, which need not be waited for when they are shown. */
const loaded = new Map<Route["name"], ComponentType>();

export const loadedPage = (name: Route["name"]): ComponentType | undefined => loaded.get(name);

/**
 * Loads the page of an address, so that it is shown together with the bar: React puts off what comes after a "loading"
 * by 0.3 s. What cannot be loaded is asked for again when it is shown, which says so where that fails too.
 */
export async function loadPageOf(path: string): Promise<void> {
  const route = ROUTES.find(({ paths }) => paths.some((each) => firstPart(each) === firstPart(path)));
  try {
    if (route) loaded.set(route.name, (await route.load()).default);
  } catch {
    // See above.
  }
}
