/** What is asked of the lab for the dashboard, and when: its figures now, their history, and that of each node. */
import { readFigures, readNodeHistory, readSeries } from "../../api/figures";
import type { Figures, FigureFilters, NodeHistory, SeriesHistory } from "../../api/types";
import { useLab } from "../../state/lab-store";
import { usePolled, type Polled } from "../../state/polled";
import { isFiltered, type Dashboard, type Filters } from "./state";
import { askEveryMs, heatColumns, isLive, POINTS, windowOf } from "./window";

/** What the charts over time show. */
export interface Answer {
  figures: Figures;
  /** Of what the filters leave. */
  series: SeriesHistory;
  /** Of the whole lab. */
  whole: SeriesHistory;
  /** By role: what is kept of the nodes that have it. */
  byRole: Record<string, SeriesHistory> | null;
}

/** Small charts beside each other: more of them say no more. */
export const MOST_SMALL = 12;

/** The lab's clock, which need not be the reader's. */
export const labNow = (): number => useLab.getState().lab?.time ?? Date.now() / 1000;

export const filterQuery = ({ role, node, priority, category }: Filters): FigureFilters => ({
  ...(role !== null && { role: [role] }),
  ...(node !== null && { node: [node] }),
  ...(priority !== null && { priority: [priority] }),
  ...(category !== null && { category: [category] }),
});

/** The span that is asked for; its end is left open where the charts follow the lab. */
function spanAsked(state: Dashboard, beginning: number) {
  const [since, until] = windowOf(state, labNow(), beginning);
  const open = state.until === null && state.paused === null;
  return { ...(state.range !== "all" || state.since !== null ? { since } : {}), ...(!open && { until }) };
}

async function ask(state: Dashboard): Promise<Answer> {
  const filters = filterQuery(state);
  const span = { ...spanAsked(state, 0), points: POINTS };
  const by = state.split === "priority" || state.split === "category" ? { by: state.split } : {};
  const [figures, series, whole] = await Promise.all([
    readFigures(filters),
    readSeries({ ...filters, ...span, ...by }),
    isFiltered(state) ? readSeries(span) : null,
  ]);
  const roles = state.split === "role" ? Object.keys(figures.executors.by_role).slice(0, MOST_SMALL) : null;
  const found = roles && await Promise.all(roles.map(async (role) => [role, await readSeries({ ...span, role: [role] })] as const));
  return { figures, series, whole: whole ?? series, byRole: found && Object.fromEntries(found) };
}

const keyOf = ({ range, since, until, paused, role, node, priority, category, split }: Dashboard): string =>
  JSON.stringify([range, since, until, paused, role, node, priority, category, split]);

/** How long the span is that is shown (s). */
function spanS(state: Dashboard, beginning: number): number {
  const [since, until] = windowOf(state, labNow(), beginning);
  return until - since;
}

/** The figures, asked again as often as they change in the span; once where the reader has paused. */
export function useAnswer(state: Dashboard, beginning: number): Polled<Answer> {
  const everyMs = state.paused === null ? askEveryMs(isLive(state) ? spanS(state, beginning) : 0) : Infinity;
  return usePolled(keyOf(state), "", () => ask(state), everyMs);
}

/** The heat map's rows; a span that is over does not change any more. */
export function useNodeHistory(state: Dashboard, beginning: number, nodes: number): Polled<NodeHistory> {
  const everyMs = isLive(state) ? askEveryMs(spanS(state, beginning), nodes) : Infinity;
  const { role, node } = state;
  const key = `${keyOf({ ...state, priority: null, category: null, split: "none" })} ${state.measure}`;
  const filters = filterQuery({ role, node, priority: null, category: null });
  return usePolled(key, "", () => readNodeHistory({ ...filters, ...spanAsked(state, 0), points: heatColumns(nodes), measure: state.measure }), everyMs);
}
