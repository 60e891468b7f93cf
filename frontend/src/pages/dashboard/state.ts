/** What of the dashboard stands in its address: the time, the filters, and how the charts are shown. Pure. */
import type { TaskPriority } from "../../api/types";
import { flag, oneOf, seconds, several, severalOf, some } from "../../state/parameters";
import type { QueryRules } from "../../state/query";
import { CHART_IDS, type ChartId } from "./charts";
import { RANGES, type RangeName } from "./window";

export const PRIORITIES = ["critical", "high", "medium", "low"] as const satisfies readonly TaskPriority[];
/** By what the charts of requests fall into small ones, if they do. */
export const SPLITS = ["none", "priority", "category", "role", "node"] as const;
export type Split = (typeof SPLITS)[number];
export const MEASURES = ["load_per_core", "load", "running", "ended"] as const;
export type Measure = (typeof MEASURES)[number];

/** Of these, any if there are none; "" stands for tasks that have no category, and so on. */
export interface Filters {
  role: readonly string[];
  node: readonly string[];
  priority: readonly TaskPriority[];
  category: readonly string[];
}

export interface Dashboard extends Filters {
  /** How far back the charts go while they follow the lab. */
  range: RangeName;
  /** The span that was zoomed to (unix s); null while the charts follow. */
  since: number | null;
  until: number | null;
  /** When the reader paused (unix s). */
  paused: number | null;
  /** The charts that are tables. */
  table: readonly ChartId[];
  split: Split;
  measure: Measure;
  /** One chart alone, as large as the page. */
  alone: ChartId | null;
  /** Whether the filters are open, on a phone. */
  filters: boolean;
}

export const QUERY: QueryRules<Dashboard> = {
  parameters: {
    range: oneOf(...RANGES), since: seconds, until: seconds, paused: seconds,
    role: several, node: several, priority: severalOf<TaskPriority>(...PRIORITIES), category: several,
    table: severalOf<ChartId>(...CHART_IDS), split: oneOf(...SPLITS), measure: oneOf(...MEASURES), alone: some(oneOf(...CHART_IDS)), filters: flag,
  },
  usual: {
    range: "5m", since: null, until: null, paused: null, role: [], node: [], priority: [], category: [],
    table: [], split: "none", measure: "load_per_core", alone: null, filters: false,
  },
  places: ["range", "since", "until", "role", "node", "priority", "category", "split", "measure", "alone", "table"],
};

export const NO_FILTERS: Filters = { role: [], node: [], priority: [], category: [] };

/** Whether anything is left out. */
export const isFiltered = ({ role, node, priority, category }: Filters): boolean => [role, node, priority, category].some((values) => values.length > 0);
