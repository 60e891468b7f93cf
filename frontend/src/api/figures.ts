/** What the page asks of the lab in figures: as they are now, and as they were. */
import { request } from "./rest";
import { queryOf } from "./tasks";
import type { FigureFilters, Figures, NodeHistory, NodeHistoryQuery, SeriesHistory, SeriesQuery } from "./types";

export const readFigures = (wanted: FigureFilters) => request("GET", `/figures${queryOf(wanted)}`) as Promise<Figures>;
export const readSeries = (wanted: SeriesQuery) => request("GET", `/figures/series${queryOf(wanted)}`) as Promise<SeriesHistory>;
export const readNodeHistory = (wanted: NodeHistoryQuery) => request("GET", `/figures/nodes${queryOf(wanted)}`) as Promise<NodeHistory>;
