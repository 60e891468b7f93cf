/** The charts over time, a row each: what they draw, in which colours, by which units, and what a press leads to. */
import type { Tokens } from "../../theme/tokens";
import type { words } from "./words";

export const CHART_IDS = ["executors", "heat", "requests", "rates", "ends", "oldest", "load", "efficiency", "imbalance", "moves", "waves", "viewers", "memory"] as const;
export type ChartId = (typeof CHART_IDS)[number];
export type Section = "executors" | "requests" | "system";
export type Unit = "nodes" | "requests" | "perSecond" | "seconds" | "cores" | "share" | "ratio" | "perMinute" | "connections" | "bytes";

export type LineName = keyof (typeof words)["en"]["lines"];

export interface LineSpec {
  /** Its name in `GET /figures/series`, and in the words. */
  series: LineName;
  colour: keyof Tokens;
  dash?: readonly number[];
  shape: "bars" | "steps" | "line";
  filled: boolean;
}

export interface ChartSpec {
  id: Exclude<ChartId, "heat">;
  section: Section;
  unit: Unit;
  lines: readonly LineSpec[];
  /** What is drawn of some nodes alone: of them the lab does not keep the other lines. */
  ofNodes?: readonly LineSpec[];
  /** The top of the axis where all is less. */
  leastTop: number;
  /** Filters change it; the others are of the lab as a whole. */
  filtered: boolean;
  /** Its points lead to the tasks that were submitted then. */
  picks: boolean;
}

const line = (series: LineName, colour: keyof Tokens, more: Partial<LineSpec> = {}): LineSpec => ({ series, colour, shape: "steps", filled: false, ...more });
const SHORT = [4, 3] as const;
const DOTS = [1, 3] as const;
const LONG = [9, 3] as const;

export const CHARTS: readonly ChartSpec[] = [
  { id: "executors", section: "executors", unit: "nodes", leastTop: 1, filtered: true, picks: false,
    lines: [line("active", "accent", { filled: true }), line("nodes", "muted", { dash: SHORT })] },
  { id: "requests", section: "requests", unit: "requests", leastTop: 1, filtered: true, picks: false,
    lines: [line("running", "accent", { filled: true }), line("assigned", "out", { dash: SHORT }), line("pending", "warn", { dash: DOTS }), line("moving", "finn", { dash: LONG })],
    ofNodes: [line("running", "accent", { filled: true }), line("load", "out", { dash: SHORT })] },
  { id: "rates", section: "requests", unit: "perSecond", leastTop: 1, filtered: true, picks: true,
    lines: [line("in", "accent", { filled: true }), line("out", "back", { dash: SHORT })] },
  { id: "ends", section: "requests", unit: "perSecond", leastTop: 0.1, filtered: true, picks: false,
    lines: [line("failed", "bad", { filled: true }), line("cancelled", "muted", { dash: SHORT }), line("missed", "warn", { dash: DOTS })] },
  { id: "oldest", section: "requests", unit: "seconds", leastTop: 1, filtered: false, picks: false,
    lines: [line("oldest_waiting_s", "warn", { filled: true })] },
  { id: "load", section: "system", unit: "cores", leastTop: 1, filtered: false, picks: false,
    lines: [line("load", "accent", { filled: true }), line("capacity", "muted", { dash: SHORT })] },
  { id: "efficiency", section: "system", unit: "share", leastTop: 1, filtered: false, picks: false,
    lines: [line("efficiency", "accent", { filled: true }), line("utilisation", "muted", { dash: SHORT })] },
  { id: "imbalance", section: "system", unit: "ratio", leastTop: 1, filtered: false, picks: false, lines: [line("imbalance", "accent", { filled: true })] },
  { id: "moves", section: "system", unit: "perSecond", leastTop: 1, filtered: false, picks: false, lines: [line("moves", "finn", { shape: "bars", filled: true })] },
  { id: "waves", section: "system", unit: "perMinute", leastTop: 1, filtered: false, picks: false, lines: [line("waves_per_minute", "out", { shape: "bars", filled: true })] },
  { id: "viewers", section: "system", unit: "connections", leastTop: 1, filtered: false, picks: false,
    lines: [line("browsers", "accent", { filled: true }), line("listeners", "muted", { dash: SHORT })] },
  { id: "memory", section: "system", unit: "bytes", leastTop: 1_000_000, filtered: false, picks: false, lines: [line("memory", "accent", { filled: true })] },
];
