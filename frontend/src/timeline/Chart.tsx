/** One series over time by uPlot, narrow; all charts share one cursor. Described in words for those who do not see it. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { clockTime } from "../i18n/format";
import type { Tokens } from "../theme/tokens";
import { niceTop } from "./series";

export const AXIS_PX = 46;
const CHART_END_PX = 8;
/** Width of a time under the axis. */
const TIME_PX = 50;
const SYNC_KEY = "topowave";
const FONT = "11px Inter, sans-serif";

export interface ChartProps {
  name: string;
  summary: string;
  time: number[];
  values: (number | null)[];
  range: [number, number];
  /** Bars for counts, a stepped line for states. */
  bars: boolean;
  format: (value: number) => string;
  width: number;
  height: number;
  /** The chart at the bottom carries the times. */
  withTimes: boolean;
  tokens: Tokens;
}

/** Whether a time can be written whole: at the edges it would be cut off. */
function isInside(chart: uPlot, time: number): boolean {
  const at = chart.valToPos(time, "x");
  const half = TIME_PX / 2;
  return at > half - AXIS_PX && at < chart.bbox.width / devicePixelRatio - half + CHART_END_PX;
}

function pathOf(bars: boolean): uPlot.Series.PathBuilder | undefined {
  return bars ? uPlot.paths.bars?.({ size: [0.7, 6, 1] }) : uPlot.paths.stepped?.({ align: 1 });
}

export function Chart(props: ChartProps) {
  const { name, summary, time, values, range, bars, format, width, height, withTimes, tokens } = props;
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ range, format });

  useEffect(() => { latest.current = { range, format }; });

  useEffect(() => {
    const target = box.current;
    if (!target || width === 0) return;
    const write = (chart: uPlot) => {
      const series = chart.data[1] ?? [];
      const at = chart.cursor.idx ?? series.length - 1;
      const value = series[at];
      if (readout.current) readout.current.textContent = value === null || value === undefined ? "–" : latest.current.format(value);
    };
    const path = pathOf(bars);
    const made = new uPlot(
      {
        width,
        height,
        padding: [6, CHART_END_PX, withTimes ? 0 : 4, 0],
        legend: { show: false },
        cursor: { sync: { key: SYNC_KEY }, drag: { x: false, y: false }, points: { show: !bars }, y: false },
        scales: {
          x: { time: true, range: () => latest.current.range },
          y: { range: (_, __, most) => [0, niceTop(most)] },
        },
        axes: [
          { show: withTimes, stroke: tokens.muted, font: FONT, size: 22, gap: 3, grid: { show: false }, ticks: { show: false },
            space: 90, values: (chart, splits) => splits.map((split) => (isInside(chart, split) ? clockTime(split) : null)) },
          { stroke: tokens.muted, font: FONT, size: AXIS_PX, gap: 4, splits: (chart) => [0, (chart.scales.y?.max ?? 1) / 2, chart.scales.y?.max ?? 1], values: (_, splits) => splits.map((split, at) => (at === 1 ? "" : split.toString())), ticks: { show: false }, grid: { stroke: tokens.line, width: 1 } },
        ],
        series: [
          {},
          { stroke: tokens.accent, width: 1.5, fill: `${tokens.accent}26`, points: { show: false }, ...(path && { paths: path }) },
        ],
        hooks: { setCursor: [write], setData: [write] },
      },
      [[], []],
      target,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [bars, height, tokens, width, withTimes]);

  useEffect(() => {
    plot.current?.setData([time, values]);
  }, [time, values, range, bars, height, tokens, width, withTimes]);

  return (
    <div className="chart" role="img" aria-label={summary}>
      <p aria-hidden="true">
        <span>{name}</span>
        <b ref={readout}>–</b>
      </p>
      <div ref={box} className="plot" aria-hidden="true" />
    </div>
  );
}
