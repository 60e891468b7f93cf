/** What all charts have in common: their edges, their font, one cursor for all of them, and a brush along the time. */
import uPlot from "uplot";
import type { Tokens } from "../theme/tokens";
import { axisNumber, axisTime, indexBefore } from "./scale";

/** Room at the left of a chart, at the usual size of the type. */
export const AXIS_PX = 46;
/** Room below it for the times. */
const TIMES_PX = 22;
export const CHART_END_PX = 8;
export const chartFont = (textScale: number): string => `${Math.round(11 * textScale)}px Inter, sans-serif`;
/** Charts with the same key share their cursor. */
export const SYNC_KEY = "topowave";
/** A brush narrower than this was a press. */
export const BRUSH_PX = 6;

/** Width of a time under the axis, with the day where it has one. */
const timePx = (spanS: number) => (spanS >= 86_400 ? 80 : 50);

/** Whether a time can be written whole: at the edges it would be cut off. */
function isInside(chart: uPlot, time: number, spanS: number, textScale: number): boolean {
  const at = chart.valToPos(time, "x");
  const half = (timePx(spanS) * textScale) / 2;
  return at > half - AXIS_PX * textScale && at < chart.bbox.width / devicePixelRatio - half + CHART_END_PX;
}

/** Seconds between two times below a chart: what people divide a clock by. */
const CLOCK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Times below a chart. */
export function timeAxis(tokens: Tokens, show: boolean, textScale: number): uPlot.Axis {
  return {
    show, stroke: tokens.muted, font: chartFont(textScale), size: TIMES_PX * textScale, gap: 3, grid: { show: false }, ticks: { show: false }, space: 90 * textScale, incrs: CLOCK_STEPS_S,
    values: (chart, splits) => {
      const { min = 0, max = 0 } = chart.scales.x ?? {};
      const spanS = max - min;
      return splits.map((split) => (isInside(chart, split, spanS, textScale) ? axisTime(split, spanS) : null));
    },
  };
}

/** Nought, the middle and the top at the left of a chart. */
export function valueAxis(tokens: Tokens, textScale: number, format: (value: number) => string = axisNumber): uPlot.Axis {
  const topOf = (chart: uPlot) => chart.scales.y?.max ?? 1;
  return {
    stroke: tokens.muted, font: chartFont(textScale), size: AXIS_PX * textScale, gap: 4, ticks: { show: false }, grid: { stroke: tokens.line, width: 1 },
    splits: (chart) => [0, topOf(chart) / 2, topOf(chart)],
    values: (_, splits) => splits.map((split, at) => (at === 1 ? "" : format(split))),
  };
}

/** One cursor over all charts; `brush` lets a reader draw over a span of time. */
export function sharedCursor(brush: boolean, points: boolean, y: boolean): uPlot.Cursor {
  return {
    // What is drawn on one chart is drawn there alone: all others follow the address.
    sync: { key: SYNC_KEY, filters: { pub: () => true, sub: (type) => type === "mousemove" || type === "mouseleave" }, scales: ["x", null] },
    drag: { x: brush, y: false, setScale: false, dist: BRUSH_PX },
    points: { show: points },
    dataIdx: (chart, _, closest, time) => ((chart.data[0][closest] ?? 0) > time ? Math.max(0, closest - 1) : closest),
    y,
    bind: { dblclick: () => () => null },
  };
}

/** The span that was drawn, in the chart's own seconds; null where it was no brush. Takes the mark away. */
export function takeBrush(chart: uPlot): [number, number] | null {
  const { left, width } = chart.select;
  if (width < BRUSH_PX) return null;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  return [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
}

/** The step under the cursor: what is drawn from a time until the next belongs to it, so the nearest time may be another's. */
export function indexUnder(chart: uPlot): number | null {
  const { left = -1 } = chart.cursor;
  const found = left < 0 ? -1 : indexBefore(chart.data[0] as number[], chart.posToVal(left, "x"));
  return found < 0 ? null : found;
}

/** Puts the shared cursor on a time, as the pointer would. */
export function pointAt(chart: uPlot, time: number, top = 0): void {
  const left = chart.valToPos(time, "x");
  chart.setCursor({ left, top }, true);
  uPlot.sync(SYNC_KEY).pub("mousemove", chart, left, top, chart.over.clientWidth, chart.over.clientHeight, chart.cursor.idx ?? -1);
}
