/** What is asked of the lab for the dashboard, and when: its figures now, their history, and that of each node. */
import { readFigures, readNodeHistory, readSeries } from "../../api/figures";
import { namedAndWithout } from "../../api/tasks";
import type { Figures, FigureFilters, NodeHistory, SeriesHistory, SeriesQuery } from "../../api/types";
import { useLab } from "../../state/lab-store";
import { usePolled, type Polled } from "../../state/polled";
import { Follower, nodesWith, seriesWith } from "./follow";
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
  ...namedAndWithout({ role, node, category }), priority: [...priority],
});

/** The span that is asked for; its end is left open where the charts follow the lab. */
function spanAsked(state: Dashboard, beginning: number) {
  const [since, until] = windowOf(state, labNow(), beginning);
  const open = state.until === null && state.paused === null;
  return { ...(state.range !== "all" || state.since !== null ? { since } : {}), ...(!open && { until }) };
}

const followed = { series: new Follower(seriesWith), nodes: new Follower(nodesWith) };

/** What belongs to the span alone: it goes on with the lab, and the question stays the same. */
const spanKey = ({ range, since, until, paused }: Dashboard) => ({ range, since, until, paused });

/** The history of a question, of which the lab is asked only what is new. */
function follow(state: Dashboard, span: SeriesQuery, wanted: SeriesQuery): Promise<SeriesHistory> {
  const key = JSON.stringify([spanKey(state), wanted]);
  return followed.series.follow(key, (after) => readSeries({ ...span, ...wanted, ...after }));
}

async function ask(state: Dashboard): Promise<Answer> {
  const filters = filterQuery(state);
  const span = { ...spanAsked(state, 0), points: POINTS };
  const by = state.split === "priority" || state.split === "category" ? { by: state.split } : {};
  const [figures, series, whole] = await Promise.all([
    readFigures(filters),
    follow(state, span, { ...filters, ...by }),
    isFiltered(state) ? follow(state, span, {}) : null,
  ]);
  const roles = state.split === "role" ? Object.keys(figures.executors.by_role).slice(0, MOST_SMALL) : null;
  const found = roles && await Promise.all(roles.map(async (role) => [role, await follow(state, span, { role: [role] })] as const));
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
  const key = `${keyOf({ ...state, priority: [], category: [], split: "none" })} ${state.measure}`;
  const filters = filterQuery({ role, node, priority: [], category: [] });
  const asked = { ...filters, points: heatColumns(nodes), measure: state.measure };
  const ask = () => followed.nodes.follow(JSON.stringify([spanKey(state), asked]), (after) => readNodeHistory({ ...asked, ...spanAsked(state, 0), ...after }));
  return usePolled(key, "", ask, everyMs);
}
