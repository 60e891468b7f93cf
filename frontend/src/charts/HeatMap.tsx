/** One row a node and one column a step of time, coloured by a value; under the cursor that all charts share. */
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import type { Tokens } from "../theme/tokens";
import { useInView } from "../state/hooks";
import { useTextScale } from "../state/text-scale";
import { everyRow, pixelsOf, pooled, shortened, type Cells } from "./heat";
import { usePointing, type Pointed } from "./pointing";
import { AXIS_PX, CHART_END_PX, chartFont, indexUnder, sharedCursor, takeBrush, timeAxis } from "./plot";

export interface HeatMapProps extends Omit<Pointed, "onPick"> {
  name: string;
  summary: string;
  /** The beginning of each step (unix s), and how long one is (s). */
  time: number[];
  stepS: number;
  nodes: readonly string[];
  values: readonly (readonly (number | null)[])[];
  range: [number, number];
  colour: (value: number) => readonly [number, number, number];
  format: (value: number) => string;
  width: number;
  height: number;
  tokens: Tokens;
  /** A cell was pressed, by its node's name and the index of its time. */
  onPickNode: (node: string, at: number) => void;
}

const NAME_PX = 14;
const NAME_CHARS = 6;
const MORE_PX = 22;
const PADDING_PX = 6;

/** What is drawn: a picture with one pixel a cell, which the canvas stretches. */
function pictureOf(cells: Cells, colour: HeatMapProps["colour"]): OffscreenCanvas | null {
  if (cells.values.length === 0) return null;
  const picture = new OffscreenCanvas(cells.columns, cells.groups.length);
  picture.getContext("2d")?.putImageData(new ImageData(pixelsOf(cells, colour), cells.columns, cells.groups.length), 0, 0);
  return picture;
}

function draw(chart: uPlot, picture: OffscreenCanvas | null, time: readonly number[], stepS: number): void {
  const first = time[0];
  const last = time.at(-1);
  if (!picture || first === undefined || last === undefined) return;
  const { ctx, bbox } = chart;
  const left = chart.valToPos(first, "x", true);
  const right = chart.valToPos(last + stepS, "x", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(picture, left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

export function HeatMap(props: HeatMapProps) {
  const { name, summary, time, stepS, nodes, values, range, colour, format, width, height, tokens, onBrush, onPickNode } = props;
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = width > 0;
  const seen = useInView(box);
  const textScale = useTextScale();
  const plotPx = height - MORE_PX * textScale - PADDING_PX;
  const cells = useMemo(() => pooled(values, time.length, plotPx), [values, time, plotPx]);
  const picture = useMemo(() => pictureOf(cells, colour), [cells, colour]);
  const latest = useRef({ ...props, cells, picture });
  useEffect(() => { latest.current = { ...props, cells, picture }; });

  /** The row under the cursor, or null. */
  const rowAt = (chart: uPlot): number | null => {
    const { left = -1, top = -1 } = chart.cursor;
    if (left < 0 || top < 0) return null;
    const row = Math.floor((top / (chart.bbox.height / devicePixelRatio)) * latest.current.cells.groups.length);
    return row < latest.current.cells.groups.length ? row : null;
  };
  /** Of the nodes that share a row the one whose value is shown. */
  const nodeAt = (row: number, at: number): number => {
    const [first = 0, end = 0] = latest.current.cells.groups[row] ?? [];
    let found = first;
    for (let node = first; node < end; node++) {
      if ((latest.current.values[node]?.[at] ?? -1) > (latest.current.values[found]?.[at] ?? -1)) found = node;
    }
    return found;
  };
  const mostAt = (at: number): number => {
    let most = 0;
    nodes.forEach((_, node) => { if ((values[node]?.[at] ?? -1) > (values[most]?.[at] ?? -1)) most = node; });
    return most;
  };
  const tellMost = (at: number) => {
    const most = mostAt(at);
    const value = values[most]?.[at];
    return value === null || value === undefined ? "–" : `${nodes[most] ?? ""} ${format(value)}`;
  };
  // Keys point at a time; what is told of it is the node that has most.
  const pick = (at: number, byKeys: boolean) => {
    const row = plot.current && !byKeys ? rowAt(plot.current) : null;
    const node = byKeys ? nodes[mostAt(at)] : row === null ? undefined : nodes[nodeAt(row, at)];
    if (node !== undefined) onPickNode(node, at);
  };
  const pointing = usePointing(plot, { name, summary, time, range, onBrush, onPick: pick, tell: tellMost });

  useEffect(() => {
    const target = box.current;
    if (!target || !shown) return;
    const write = (chart: uPlot) => {
      const idx = indexUnder(chart);
      const row = rowAt(chart);
      if (!readout.current) return;
      if (row === null || idx === null) {
        readout.current.textContent = "";
        return;
      }
      const node = nodeAt(row, idx);
      const value = latest.current.values[node]?.[idx];
      readout.current.textContent = `${latest.current.nodes[node] ?? ""} ${value === null || value === undefined ? "–" : latest.current.format(value)}`;
    };
    const made = new uPlot(
      {
        width: latest.current.width,
        height,
        padding: [PADDING_PX, CHART_END_PX, 0, 0],
        legend: { show: false },
        cursor: sharedCursor(true, false, true),
        scales: {
          x: { time: true, range: () => latest.current.range },
          y: { dir: -1, range: () => [0, Math.max(1, latest.current.cells.groups.length)] },
        },
        axes: [
          timeAxis(tokens, true, textScale),
          {
            stroke: tokens.muted, font: chartFont(textScale), size: AXIS_PX * textScale, gap: 4, ticks: { show: false }, grid: { show: false },
            splits: () => {
              const { groups } = latest.current.cells;
              const every = everyRow(groups.length, plotPx, NAME_PX * textScale);
              return groups.map((_, row) => row + 0.5).filter((_, row) => row % every === 0);
            },
            values: (_, splits) => splits.map((split) => {
              const first = latest.current.cells.groups[Math.floor(split)]?.[0] ?? 0;
              return shortened(latest.current.nodes[first] ?? "", NAME_CHARS);
            }),
          },
        ],
        series: [{}, { show: true, points: { show: false }, paths: () => null }],
        hooks: {
          draw: [(chart) => { draw(chart, latest.current.picture, latest.current.time, latest.current.stepS); }],
          setCursor: [write],
          setSelect: [(chart) => {
            const span = takeBrush(chart);
            if (span) latest.current.onBrush?.(...span);
          }],
        },
      },
      [[], []],
      target,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [height, plotPx, shown, textScale, tokens]);

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    plot.current?.setData([time, time.map(() => null)], seen);
  }, [seen, time, picture, range, stepS, height, shown, textScale, tokens]);

  return (
    <div className="chart heat-map" {...pointing}>
      <p aria-hidden="true" className="chart-key"><b ref={readout} /></p>
      <div ref={box} className="plot" aria-hidden="true" />
    </div>
  );
}
