/** The dashboard: executors, requests and the system, as they are now and over time; all of it follows the lab. */
import { NativeSelect } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { Link } from "wouter";
import "uplot/dist/uPlot.min.css";
import "./dashboard.css";
import type { Figures, SeriesHistory } from "../../api/types";
import { clockTime } from "../../i18n/format";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useLab } from "../../state/lab-store";
import { useQueryState } from "../../state/query";
import { labNow, MOST_SMALL, useAnswer, useNodeHistory, type Answer } from "./answers";
import { ChartHelp } from "./ChartHelp";
import { CHARTS, type ChartSpec, type Section } from "./charts";
import { ExecutorBars, ExecutorsNow, MemoryBars, RequestBars, RequestsNow, SystemNow } from "./Now";
import { HeatChart, SeriesChart } from "./OverTime";
import { isFiltered, NO_FILTERS, PRIORITIES, QUERY, type Dashboard, type Measure, type Split } from "./state";
import { Toolbar } from "./Toolbar";
import { windowOf } from "./window";
import { words } from "./words";

const SECTIONS: readonly Section[] = ["executors", "requests", "system"];
const EXAMPLE = "topowave load play 'poisson:utilisation=0.8,duration=exp(2),tasks=500'";

/** The charts of which there are small ones. */
const SPLIT: ReadonlySet<string> = new Set(["requests", "rates"]);

type Change = (changes: Partial<Dashboard>) => void;
interface Part { key: string; name: string; history: SeriesHistory; suffix: string }

/** The small charts of requests: one for each value of what they are split by; null where they are not. */
function useParts(state: Dashboard, answer: Answer): readonly Part[] | null {
  const { priorities } = useTranslation();
  const { noCategory } = useWords(words);
  return useMemo(() => {
    const { split } = state;
    if (split === "none" || split === "node") return null;
    if (split === "role") return Object.entries(answer.byRole ?? {}).map(([role, history]) => ({ key: role, name: role, history, suffix: "" }));
    const { series } = answer;
    const values = split === "priority" ? PRIORITIES.filter((one) => `running.${one}` in series.series)
      : Object.keys(series.series).filter((name) => name.startsWith("running.")).map((name) => name.slice("running.".length)).toSorted();
    return values.slice(0, MOST_SMALL).map((value) => ({
      key: value, history: series, suffix: `.${value}`, name: split === "priority" ? priorities[value as (typeof PRIORITIES)[number]] : value || noCategory,
    }));
  }, [state, answer, priorities, noCategory]);
}

function Chooser<T extends string>({ label, value, names, choose, id }: { label: string; value: T; names: Record<T, string>; choose: (value: T) => void; id: string }) {
  return (
    <label className="dash-chooser">
      <span>{label}</span>
      <NativeSelect
        value={value}
        data={(Object.entries(names) as [T, string][]).map(([one, name]) => ({ value: one, label: name }))}
        onChange={(event) => { choose(event.currentTarget.value as T); }}
        data-testid={id}
      />
    </label>
  );
}

/** What to do where there is nothing to show. */
function Nothing({ state, change, figures, before }: { state: Dashboard; change: Change; figures: Figures; before: boolean }): ReactNode {
  const said = useWords(words);
  if (before) return <p>{said.before} <button type="button" className="quiet" onClick={() => { change({ range: "all", since: null, until: null, paused: null }); }}>{said.showAll}</button></p>;
  if (isFiltered(state)) return <p>{said.notKept} <button type="button" className="quiet" onClick={() => { change(NO_FILTERS); }}>{said.clear}</button></p>;
  if (!figures.requests) return <p>{said.noJournal}</p>;
  return <p>{said.waiting}</p>;
}

function FirstRequest() {
  const said = useWords(words);
  return <p className="empty" data-testid="no-requests">{said.noRequests} <code>{EXAMPLE}</code> <Link href="/tasks">{said.tasksPage}</Link></p>;
}

interface SectionProps {
  section: Section;
  state: Dashboard;
  change: Change;
  range: [number, number];
  answer: Answer;
  nodes: ReturnType<typeof useNodeHistory>["value"];
}

/** What is the case now; while charts are alone on the page it has no room. */
function SectionNow({ section, answer: { figures }, state }: Pick<SectionProps, "section" | "answer" | "state">) {
  const said = useWords(words);
  const { executors, requests, system } = figures;
  if (section === "executors") return <ExecutorsNow executors={executors} />;
  if (section === "system") return <SystemNow system={system} />;
  if (!requests) return <p className="empty">{said.noJournal}</p>;
  return (
    <>
      {requests.submitted === 0 && <FirstRequest />}
      <RequestsNow requests={requests} />
      <div className="bar-lists"><RequestBars requests={requests} filters={state} /></div>
    </>
  );
}

function SectionOf({ section, ...shown }: SectionProps) {
  const { state, change, answer, nodes, range } = shown;
  const said = useWords(words);
  const parts = useParts(state, answer);
  const alone = state.alone;
  const charts = CHARTS.filter((chart) => chart.section === section && (alone === null || alone === chart.id));
  const heat = section === "executors" && (alone === null || alone === "heat");
  if (charts.length === 0 && !heat) return null;
  const before = range[1] < answer.figures.since;
  const empty = <Nothing state={state} change={change} figures={answer.figures} before={before} />;
  const historyOf = ({ filtered }: ChartSpec) => (filtered ? answer.series : answer.whole);
  return (
    <section className="dash-section" aria-labelledby={`section-${section}`}>
      <header>
        <h2 id={`section-${section}`}>{said.sections[section]}</h2>
        {alone === null && <span className="hint">{said.asOf(clockTime(answer.figures.time))}</span>}
        <span className="spring" />
        {heat && <Chooser<Measure> id="measure" label={said.measure} value={state.measure} names={said.measures} choose={(measure) => { change({ measure }); }} />}
        {section === "requests" && <Chooser<Split> id="split" label={said.split} value={state.split} names={said.splits} choose={(split) => { change({ split }); }} />}
      </header>
      {alone === null && <SectionNow section={section} answer={answer} state={state} />}
      <div className="dash-charts">
        {section === "executors" && alone === null && <ExecutorBars executors={answer.figures.executors} />}
        {charts.map((spec) => (
          <SeriesChart key={spec.id} spec={spec} history={historyOf(spec)} split={SPLIT.has(spec.id) ? parts : null} empty={empty} state={state} change={change} range={range} />
        ))}
        {section === "system" && alone === null && <MemoryBars memory={answer.figures.system.memory} />}
        {heat && nodes && <HeatChart history={nodes} empty={empty} state={state} change={change} range={range} />}
      </div>
    </section>
  );
}

/** While there are no answers yet, and where they cease. */
function Waiting({ failed }: { failed: boolean }) {
  const said = useWords(words);
  return <p className="empty" role="status">{failed ? said.failed : said.waiting}</p>;
}

export default function DashboardPage() {
  const said = useWords(words);
  const [state, change] = useQueryState(QUERY);
  /** Since when the lab has a record; it does not change while the lab runs. */
  const [beginning, setBeginning] = useState(0);
  const count = useLab(({ lab }) => lab?.network.names.length ?? 0);
  const { value: answer, problem } = useAnswer(state, beginning);
  const { value: nodes } = useNodeHistory(state, beginning, count);
  const last = useLast(answer);
  const since = last?.figures.since ?? 0;
  if (since !== beginning) setBeginning(since);
  const now = last?.figures.time ?? labNow();
  const [from, until] = windowOf(state, now, beginning);
  const range = useMemo((): [number, number] => [from, until], [from, until]);
  return (
    <main className="dashboard" aria-label={said.title}>
      <Toolbar state={state} change={change} range={range} figures={last?.figures ?? null} />
      <div className="dash-scroll scroll">
        {problem !== null && last && <p className="hint" role="status">{said.failed}</p>}
        {last
          ? SECTIONS.map((section) => <SectionOf key={section} section={section} state={state} change={change} range={range} answer={last} nodes={nodes} />)
          : <Waiting failed={problem !== null} />}
        {last && <p className="hint">{said.brush}</p>}
      </div>
      <ChartHelp />
    </main>
  );
}

/** The last value that was there: what is shown stays until the next answer, instead of a page that is empty for a moment. */
function useLast<T>(value: T | null): T | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
