/** The bottom edge: waves as marks, and load, imbalance and moves under one shared cursor; or the same as a table. */
import { useMemo, useRef, useState } from "react";
import { useEvery, useMedia, useSize } from "../state/hooks";
import { useTokens } from "../theme/mantine";
import type { Points } from "../api/types";
import { clockTime, count, decimal } from "../i18n/format";
import { Term } from "../i18n/Term";
import { useLab } from "../state/lab-store";
import { useTextScale } from "../state/text-scale";
import type { TermId } from "../i18n/glossary/terms";
import { useTranslation } from "../i18n/use-translation";
import { summaryOf } from "../charts/scale";
import { TimeChart, type Line } from "../charts/TimeChart";
import { untilNow, windowOf } from "./history";
import { WaveMarks } from "./WaveMarks";

const CHARTS_INTERVAL_MS = 100;
const ROWS_IN_TABLE = 120;
/** Heights of a chart; a low window leaves its room to the network. */
const CHART_PX = { low: { plain: 37, withTimes: 55 }, high: { plain: 50, withTimes: 70 } } as const;
const NOTHING: Points = { time: [], load: [], imbalance: [], moves: [] };
const SERIES: readonly Exclude<keyof Points, "time">[] = ["load", "imbalance", "moves"];
const TERMS: Record<(typeof SERIES)[number], TermId> = { load: "load", imbalance: "imbalance", moves: "moves" };

const ratio = (value: number) => decimal(value, 2);

function HistoryTable({ history }: { history: Points }) {
  const words = useTranslation();
  const rows = history.time.map((_, index) => index).slice(-ROWS_IN_TABLE).toReversed();
  return (
    <div className="scroll history-table" role="group" aria-label={words.timeline} tabIndex={0}>
      <table className="table" data-testid="history-table">
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            <th scope="col">{words.load} ({words.tasksUnit})</th>
            <th scope="col">{words.imbalance}</th>
            <th scope="col">{words.moves} ({words.tasksUnit})</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const imbalance = history.imbalance[row] ?? null;
            return (
              <tr key={history.time[row]}>
                <th scope="row">{clockTime(history.time[row] ?? 0)}</th>
                <td className="figure">{count(history.load[row] ?? 0)}</td>
                <td className="figure">{imbalance === null ? "–" : ratio(imbalance)}</td>
                <td className="figure">{count(history.moves[row] ?? 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function Timeline() {
  const words = useTranslation();
  const tokens = useTokens();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const lab = useEvery(CHARTS_INTERVAL_MS, useLab, (state) => state.lab);
  const [asTable, setAsTable] = useState(false);
  const history = lab?.history ?? NOTHING;
  const textScale = useTextScale();
  const heights = CHART_PX[useMedia("(max-height: 860px)") ? "low" : "high"];
  const now = lab?.time ?? 0;
  const range = useMemo(() => windowOf(history, now), [history, now]);
  const drawn = useMemo(() => untilNow(history, now), [history, now]);
  const lines = useMemo(() => SERIES.map((key): Line[] => [
    { name: words[key], values: drawn[key], colour: tokens.accent, shape: key === "moves" ? "bars" : "steps", filled: true },
  ]), [drawn, tokens, words]);
  return (
    <section className="timeline" aria-label={words.timeline}>
      <header>
        <h2>{words.timeline}</h2>
        {SERIES.map((key) => <Term key={key} id={TERMS[key]}>{words[key]}</Term>)}
        <button type="button" className="quiet" aria-pressed={asTable} data-testid="chart-table" onClick={() => { setAsTable(!asTable); }}>
          {asTable ? words.asChart : words.asTable}
        </button>
      </header>
      <div ref={box} className="charts">
        {asTable ? (
          <HistoryTable history={history} />
        ) : (
          <>
            <WaveMarks waves={lab?.waves ?? []} range={range} />
            {SERIES.map((key, index) => {
              const values = history[key];
              const summary = summaryOf(values);
              const format = key === "imbalance" ? ratio : count;
              const text = summary
                ? words.chartSummary(words[key], format(summary.last), format(summary.least), format(summary.most))
                : words.noHistory;
              const withTimes = index === SERIES.length - 1;
              return (
                <TimeChart
                  key={key}
                  name={words[key]}
                  summary={text}
                  time={drawn.time}
                  lines={lines[index] ?? []}
                  range={range}
                  format={format}
                  width={width}
                  height={(withTimes ? heights.withTimes : heights.plain) * textScale}
                  withTimes={withTimes}
                  tokens={tokens}
                />
              );
            })}
            {history.time.length === 0 && <p className="empty">{words.noHistory}</p>}
          </>
        )}
      </div>
    </section>
  );
}
