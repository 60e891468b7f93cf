/** Series over time by uPlot; all charts share one cursor, which keys move too. Told in words to those who do not see it. */
import { useEffect, useMemo, useRef, type RefObject } from "react";
import uPlot from "uplot";
import type { Tokens } from "../theme/tokens";
import { useInView } from "../state/hooks";
import { useTextScale } from "../state/text-scale";
import { usePointing, type Pointed } from "./pointing";
import { CHART_END_PX, indexUnder, sharedCursor, takeBrush, timeAxis, valueAxis } from "./plot";
import { niceTop } from "./scale";

export interface Line {
  name: string;
  values: (number | null)[];
  colour: string;
  /** Lengths of dash and gap (px), so that no line is told by its colour alone. */
  dash?: readonly number[];
  /** Bars for counts, steps for states, a line for what is measured. */
  shape: "bars" | "steps" | "line";
  filled: boolean;
}

export interface TimeChartProps extends Pointed {
  name: string;
  summary: string;
  time: number[];
  lines: readonly Line[];
  range: [number, number];
  /** The top of the axis where all is less. */
  leastTop?: number;
  format: (value: number) => string;
  axisFormat?: (value: number) => string;
  width: number;
  height: number;
  /** Whether the times stand below. */
  withTimes: boolean;
  tokens: Tokens;
}

const pathOf = (shape: Line["shape"]): uPlot.Series.PathBuilder | undefined =>
  ({ bars: uPlot.paths.bars?.({ size: [0.7, 6, 1], align: 1 }), steps: uPlot.paths.stepped?.({ align: 1 }), line: uPlot.paths.linear?.() })[shape];

/** How a line looks: of two charts with the same looks none has to be made anew. */
const looksOf = (lines: readonly Line[]): string => JSON.stringify(lines.map(({ colour, dash, shape, filled }) => [colour, dash, shape, filled]));

function seriesOf({ colour, dash, shape, filled }: Line): uPlot.Series {
  const paths = pathOf(shape);
  return {
    stroke: colour, width: 1.5, points: { show: false }, ...(filled && { fill: `${colour}26` }),
    ...(dash && { dash: [...dash] }), ...(paths && { paths }),
  };
}

const written = (value: number | null | undefined, format: (value: number) => string) =>
  (value === null || value === undefined ? "–" : format(value));

/** Writes the values under the cursor, or the last ones, beside the names. */
function writeValues(chart: uPlot, outputs: Element, format: (value: number) => string): void {
  outputs.querySelectorAll("b").forEach((output, at) => {
    const values = chart.data[at + 1] ?? [];
    output.textContent = written(values[indexUnder(chart) ?? values.length - 1], format);
  });
}

function Key({ lines, keyRef }: { lines: readonly Line[]; keyRef: RefObject<HTMLParagraphElement | null> }) {
  return (
    <p aria-hidden="true" ref={keyRef} className="chart-key">
      {lines.map(({ name, colour, dash }) => (
        <span key={name}>
          {lines.length > 1 && <svg width="16" height="6" aria-hidden="true"><line x1="0" y1="3" x2="16" y2="3" stroke={colour} strokeWidth="2" strokeDasharray={dash?.join(" ")} /></svg>}
          {name} <b>–</b>
        </span>
      ))}
    </p>
  );
}

export function TimeChart(props: TimeChartProps) {
  const { name, summary, time, lines, range, format, width, height, withTimes, tokens, onBrush, onPick } = props;
  const box = useRef<HTMLDivElement>(null);
  const key = useRef<HTMLParagraphElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const looks = looksOf(lines);
  const interactive = onBrush !== undefined;
  const textScale = useTextScale();
  const shown = width > 0;
  const seen = useInView(box);
  const tell = (at: number) => lines.map((line) => `${line.name} ${written(line.values[at], format)}`).join(", ");
  const pointing = usePointing(plot, { name, summary, time, range, onBrush, onPick, tell });

  useEffect(() => { latest.current = props; });

  useEffect(() => {
    const target = box.current;
    if (!target || !shown) return;
    const write = (chart: uPlot) => {
      if (key.current) writeValues(chart, key.current, latest.current.format);
    };
    const made = new uPlot(
      {
        width: latest.current.width,
        height,
        padding: [6, CHART_END_PX, withTimes ? 0 : 4, 0],
        legend: { show: false },
        cursor: sharedCursor(interactive, !latest.current.lines.some(({ shape }) => shape === "bars"), false),
        scales: {
          x: { time: true, range: () => latest.current.range },
          y: { range: (_, __, most) => [0, niceTop(most, latest.current.leastTop)] },
        },
        axes: [timeAxis(tokens, withTimes, textScale), valueAxis(tokens, textScale, latest.current.axisFormat)],
        series: [{}, ...latest.current.lines.map(seriesOf)],
        hooks: {
          setCursor: [write],
          setData: [write],
          setSelect: [(chart) => {
            const span = takeBrush(chart);
            if (span) latest.current.onBrush?.(...span);
          }],
        },
      },
      [[], ...latest.current.lines.map(() => [])],
      target,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [height, interactive, looks, shown, textScale, tokens, withTimes]);

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  const data = useMemo((): uPlot.AlignedData => [time, ...lines.map(({ values }) => values)], [time, lines]);
  // A chart that is scrolled out of view takes its values, which are told beside it, and is drawn once it is seen.
  useEffect(() => {
    plot.current?.setData(data, seen);
  }, [data, seen, range, height, interactive, looks, shown, textScale, tokens, withTimes]);

  return (
    <div className="chart" {...pointing}>
      <Key lines={lines} keyRef={key} />
      <div ref={box} className="plot" aria-hidden="true" />
    </div>
  );
}
