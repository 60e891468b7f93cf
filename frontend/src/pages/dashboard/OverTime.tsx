/** The charts over time: each of a row of the table, its small ones where requests are split, and the nodes as a heat map. */
import { useMemo, type ReactNode } from "react";
import { useLocation } from "wouter";
import { ChartFrame } from "../../charts/ChartFrame";
import { HeatMap } from "../../charts/HeatMap";
import { axisNumber, summaryOf } from "../../charts/scale";
import { sheetOf, sheetOfNodes } from "../../charts/sheet";
import { Measured } from "../../charts/Measured";
import { TimeChart, type Line } from "../../charts/TimeChart";
import { words as chartWords } from "../../charts/words";
import type { NodeHistory, SeriesHistory } from "../../api/types";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { cividis, SCALE_END, shareOf } from "../../theme/scale";
import { useTokens } from "../../theme/mantine";
import { greatest } from "../../charts/heat";
import { labNow, MOST_SMALL } from "./answers";
import type { ChartId, ChartSpec, LineName, Unit } from "./charts";
import { formatOf, number, scaled } from "./format";
import { linesOf, rowsOf } from "./rows";
import { tasksLink } from "./links";
import { isFiltered, type Dashboard } from "./state";
import { spanOf } from "./window";
import { words } from "./words";

const HEIGHT_PX = 150;
const ALONE_PX = 420;
const SMALL_PX = 96;
const HEAT_LEAST_PX = 120;
const HEAT_MOST_PX = 380;
const HEAT_ROW_PX = 16;

type Drawable = Pick<SeriesHistory, "time" | "step_s" | "series" | "counted_since" | "counted_until">;

interface Shown {
  state: Dashboard;
  change: (changes: Partial<Dashboard>) => void;
  range: [number, number];
}

function useLines(spec: ChartSpec, history: Drawable, suffix = ""): Line[] {
  const said = useWords(words);
  const tokens = useTokens();
  return useMemo(() => linesOf(rowsOf(spec, history.series), history.series, suffix).map(({ spec: { series, colour, dash, shape, filled }, values }) => ({
    name: said.lines[series], values, colour: tokens[colour], shape, filled, ...(dash && { dash }),
  })), [spec, history, suffix, said, tokens]);
}

/** The chart in words: of each line its last, least and greatest value. */
function useSummary(lines: readonly Line[], format: (value: number) => string): string {
  const said = useWords(chartWords);
  return lines.map(({ name, values }) => {
    const summary = summaryOf(values);
    return `${name}: ${summary ? said.summary(format(summary.last), format(summary.least), format(summary.most)) : said.nothing}`;
  }).join("; ");
}

function useFrame({ state, change, range }: Shown, id: ChartId, name: string) {
  const said = useWords(words);
  const asTable = state.table.includes(id);
  return {
    id, name, asTable, spanS: range[1] - range[0],
    file: `topowave-${id}-${new Date(range[0] * 1000).toISOString().slice(0, 19).replaceAll(":", "")}`,
    onTable: () => { change({ table: asTable ? state.table.filter((one) => one !== id) : [...state.table, id] }); },
    alone: {
      shown: state.alone === id, label: state.alone === id ? said.together : said.alone(name),
      toggle: () => { change({ alone: state.alone === id ? null : id }); },
    },
  };
}

const axisFormatOf = (unit: Unit) => (unit === "share" ? (value: number) => `${Math.round(value * 100)}` : unit === "bytes" ? (value: number) => axisNumber(value / 1e6) : axisNumber);

interface DrawnProps extends Shown {
  spec: ChartSpec;
  history: Drawable;
  name: string;
  width: number;
  height: number;
  suffix?: string;
  leastTop?: number;
}

/** The chart itself; a brush zooms, and a press leads to the tasks of that step where it is of those that came. */
function Drawn({ spec, history, name, width, height, state, change, range, suffix = "", leastTop = spec.leastTop }: DrawnProps) {
  const tokens = useTokens();
  const [, go] = useLocation();
  const lines = useLines(spec, history, suffix);
  const format = formatOf(spec.unit);
  const summary = useSummary(lines, format);
  const pick = (at: number) => {
    // What a step counts ends with a reading of the journal and not with a second.
    const until = history.counted_until[at];
    const since = at > 0 ? history.counted_until[at - 1] : history.counted_since;
    if (until !== null && until !== undefined && since !== null && since !== undefined) go(tasksLink(state, { since, until }));
  };
  return (
    <TimeChart
      name={name}
      summary={summary}
      time={history.time}
      lines={lines}
      range={range}
      leastTop={leastTop}
      format={format}
      axisFormat={axisFormatOf(spec.unit)}
      width={width}
      height={height}
      withTimes
      tokens={tokens}
      onBrush={(since, until) => { change(spanOf(since, until, labNow())); }}
      onPick={spec.picks ? pick : undefined}
    />
  );
}

/** The same chart for each value of what requests are split by, on one scale. */
function Small({ spec, of, ...shown }: Shown & { spec: ChartSpec; of: readonly { key: string; name: string; history: Drawable; suffix: string }[] }) {
  const top = Math.max(spec.leastTop, ...of.flatMap(({ history, suffix }) =>
    linesOf(rowsOf(spec, history.series), history.series, suffix).map(({ values }) => summaryOf(values)?.most ?? 0)));
  return (
    <div className="small-charts">
      {of.map(({ key, name, history, suffix }) => <SmallOne key={key} name={name} top={top} spec={spec} history={history} suffix={suffix} {...shown} />)}
    </div>
  );
}

function SmallOne({ name, top, ...drawn }: Omit<DrawnProps, "width" | "height"> & { top: number }) {
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <Measured>{(width) => <Drawn {...drawn} name={name} leastTop={top} width={width} height={SMALL_PX} />}</Measured>
    </figure>
  );
}

interface SeriesChartProps extends Shown {
  spec: ChartSpec;
  history: Drawable;
  /** The small charts into which it falls; null where it does not. */
  split: readonly { key: string; name: string; history: Drawable; suffix: string }[] | null;
  empty: ReactNode;
}

export function SeriesChart({ spec, history, split, empty, ...shown }: SeriesChartProps) {
  const { state, range } = shown;
  const said = useWords(words);
  const { time: timeName } = useTranslation();
  const name = said.charts[spec.id];
  const unit = said.units[spec.unit];
  const frame = useFrame(shown, spec.id, name);
  const rows = linesOf(rowsOf(spec, history.series), history.series);
  const sheet = () => {
    const own = split
      ? split.flatMap((part) => linesOf(rowsOf(spec, part.history.series), part.history.series, part.suffix).map(({ spec: row, values }) => ({ ...row, values, of: part.name })))
      : rows.map(({ spec: row, values }) => ({ ...row, values, of: null }));
    const inside = history.time.map((time) => time + history.step_s > range[0] && time <= range[1]);
    const cut = <T,>(all: readonly T[]) => all.filter((_, at) => inside[at]);
    return sheetOf(timeName, cut(history.time), own.map(({ series, values, of }) => {
      const line = said.lines[series];
      return { name: of === null ? line : `${of}: ${line}`, unit, values: cut(scaled(spec.unit, values)) };
    }));
  };
  const note = !spec.filtered && isFiltered(state) && <span className="hint" title={said.wholeLabHint}>{said.wholeLab}</span>;
  const height = state.alone === spec.id ? ALONE_PX : HEIGHT_PX;
  return (
    <ChartFrame {...frame} unit={unit} note={note} sheet={sheet} format={number}>
      {(width) => {
        if (split) return <Small spec={spec} of={split} {...shown} />;
        if (rows.length === 0 || history.time.length === 0) return <div className="hint chart-empty" style={{ height }}>{empty}</div>;
        return <Drawn spec={spec} history={history} name={name} width={width} height={height} {...shown} />;
      }}
    </ChartFrame>
  );
}

/** The busiest nodes as small charts: what the heat map has of each, as a line. */
function SmallNodes({ history, ...shown }: Shown & { history: NodeHistory }) {
  const { time, nodes, values, step_s, measure } = history;
  const parts = useMemo(() => {
    const series = MEASURED[measure];
    const sums = values.map((row) => row.reduce<number>((sum, value) => sum + (value ?? 0), 0));
    const busiest = nodes.map((_, at) => at).toSorted((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0)).slice(0, MOST_SMALL).toSorted((a, b) => a - b);
    return busiest.map((at) => ({ key: nodes[at] ?? "", name: nodes[at] ?? "", suffix: "", history: { time, step_s, counted_since: null, counted_until: [], series: { [series]: values[at] ?? [] } } }));
  }, [time, nodes, values, step_s, measure]);
  const spec = useMemo((): ChartSpec => ({
    id: "requests", section: "executors", unit: "requests", leastTop: 1, filtered: true, picks: false,
    lines: [{ series: MEASURED[measure], colour: "accent", shape: "steps", filled: true }],
  }), [measure]);
  return <Small spec={spec} of={parts} {...shown} />;
}

/** The line that says what is measured of a node. */
const MEASURED: Record<NodeHistory["measure"], LineName> = { load: "load", load_per_core: "load", running: "running", ended: "out" };

const colourOfLoad = (value: number) => cividis(shareOf(value, 1));

interface HeatChartProps extends Shown {
  history: NodeHistory;
  empty: ReactNode;
}

/** The nodes over time: as a heat map, or as small charts. */
export function HeatChart({ history, empty, ...shown }: HeatChartProps) {
  const { state, change } = shown;
  const said = useWords(words);
  const { node: nodeName } = useTranslation();
  const tokens = useTokens();
  const [, go] = useLocation();
  const frame = useFrame(shown, "heat", said.charts.heat);
  const { time, nodes, values, step_s, measure } = history;
  const unit = said.heatUnits[measure];
  const most = useMemo(() => greatest(values), [values]);
  const top = measure === "load_per_core" ? SCALE_END : Math.max(1, most);
  const colour = useMemo(() => (measure === "load_per_core" ? colourOfLoad : (value: number) => cividis(value / top)), [measure, top]);
  const height = state.alone === "heat" ? Math.max(ALONE_PX, 600) : Math.min(HEAT_MOST_PX, Math.max(HEAT_LEAST_PX, nodes.length * HEAT_ROW_PX + 28));
  const open = (node: string, at: number) => {
    const start = time[at];
    if (start !== undefined) go(tasksLink(state, { node: [node], until: start + step_s }));
  };
  const stops = useMemo(() => Array.from({ length: 9 }, (_, at) => `rgb(${cividis(at / 8).join(" ")})`).join(", "), []);
  return (
    <ChartFrame {...frame} unit={unit} sheet={() => sheetOfNodes(nodeName, unit, time, nodes, values)} format={number}>
      {(width) => (nodes.length === 0 || time.length === 0 ? <div className="hint chart-empty" style={{ height }}>{empty}</div> : state.split === "node" ? <SmallNodes history={history} {...shown} /> : (
        <>
          <HeatMap
            name={said.charts.heat}
            summary={`${nodes.length} ${said.nodesShown(nodes.length)}, ${said.most} ${number(most)}`}
            time={time}
            stepS={step_s}
            nodes={nodes}
            values={values}
            range={shown.range}
            colour={colour}
            format={number}
            width={width}
            height={height}
            tokens={tokens}
            onBrush={(since, until) => { change(spanOf(since, until, labNow())); }}
            onPickNode={open}
          />
          <p className="heat-scale hint" aria-hidden="true"><span>0</span><i style={{ background: `linear-gradient(to right, ${stops})` }} /><span>{number(top)}{measure === "load_per_core" && "+"}</span></p>
        </>
      ))}
    </ChartFrame>
  );
}
