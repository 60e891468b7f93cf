/** The page of executors: all nodes with what each takes, changed in place; or, with a name in the address, one of them. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import { Link, useParams } from "wouter";
import "./executors-page.css";
import { readExecutors } from "../../api/tasks";
import type { Executor } from "../../api/types";
import { names } from "../../i18n/format";
import { Term } from "../../i18n/Term";
import { say } from "../../i18n/say";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useEvery, useMedia } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import { oneOf, some, text } from "../../state/parameters";
import { usePolled } from "../../state/polled";
import { useQueryState, type QueryRules } from "../../state/query";
import { Field, type Changing } from "../../tasks/ExecutorFields";
import { foundExecutors } from "../../tasks/executors";
import { ActiveSwitch } from "./ActiveSwitch";
import { ExecutorPage } from "./ExecutorPage";
import { words } from "./words";

const COUNT_INTERVAL_MS = 1_000;
const ROW_PX = 44;
const OVERSCAN = 8;
const RUNNING_SHOWN = 2;

interface Query {
  text: string | null;
  state: Executor["status"] | null;
}
const QUERY: QueryRules<Query> = {
  parameters: { text, state: some(oneOf("active", "inactive", "down")) },
  usual: { text: null, state: null },
  places: ["state"],
};

/** All executors, asked for as long as they are looked at, and how one of them is replaced by what the lab has said of it. */
function useExecutors() {
  const changes = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => (lab ? [lab.tasks, lab.nodes.state] : null));
  const { value, problem, take } = usePolled("executors", JSON.stringify(changes), readExecutors);
  const changed = (executor: Executor) => { take((before) => before.map((one) => (one.name === executor.name ? executor : one))); };
  return { all: value, problem, changed };
}

const Row = memo(function Row({ executor, changed, narrow }: Changing & { narrow: boolean }) {
  const page = useTranslation();
  const { executors } = page;
  const { name, role, load, cpu, tasks } = executor;
  const both = { executor, changed, bare: true };
  const shown = names(tasks, RUNNING_SHOWN);
  return (
    <>
      <span role="rowheader" className="name"><Link href={`/executors/${encodeURIComponent(name)}`} title={name}>{name}</Link></span>
      {!narrow && (
        <>
          <span role="cell"><Field {...both} field="roles" label={executors.roles(role)} placeholder={role} /></span>
          <span role="cell"><Field {...both} field="weight" label={`${name}: ${executors.weightLabel}`} /></span>
          <span role="cell"><Field {...both} field="limit" label={`${name}: ${executors.limitLabel}`} placeholder={executors.noLimit} /></span>
        </>
      )}
      <span role="cell" className="figure">{load} / {cpu}</span>
      {!narrow && (
        <span role="cell" className="runs" title={shown}>
          {tasks.length > 0 && <Link href={`/tasks?node=${encodeURIComponent(name)}&status=running`}>{shown}</Link>}
        </span>
      )}
      <span role="cell"><ActiveSwitch executor={executor} changed={changed} /></span>
    </>
  );
  // All are read again each second, and few have changed; `changed` does the same whenever it was made.
}, (before, after) => before.narrow === after.narrow && JSON.stringify(before.executor) === JSON.stringify(after.executor));

function ExecutorListPage() {
  const page = useTranslation();
  const own = useWords(words);
  const narrow = useMedia("(max-width: 900px)");
  const [query, change] = useQueryState(QUERY);
  const { all, problem, changed } = useExecutors();
  const found = foundExecutors(all ?? [], query.text ?? "").filter(({ status }) => query.state === null || status === query.state);
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it is asked for its rows in this component alone
  const rows = useVirtualizer({
    count: found.length, getScrollElement: () => box.current, estimateSize: () => ROW_PX, overscan: OVERSCAN, getItemKey: (at) => found[at]?.name ?? at,
  });
  const { columns, states } = own;
  return (
    <main className="executors-page">
      <header className="page-head"><h2>{own.heading}</h2><span className="figure" data-testid="executors-found">{all && own.found(found.length, all.length)}</span></header>
      <div className="page-search">
        <TextInput
          type="search"
          aria-label={page.search}
          placeholder={page.search}
          value={query.text ?? ""}
          onChange={(event) => { change({ text: event.currentTarget.value || null }); }}
          data-testid="executor-search"
        />
        <NativeSelect
          aria-label={own.byState}
          value={query.state ?? ""}
          data={[{ value: "", label: states.all }, ...(["active", "inactive", "down"] as const).map((value) => ({ value, label: states[value] }))]}
          onChange={(event) => { change({ state: (event.currentTarget.value || null) as Query["state"] }); }}
          data-testid="executor-state-filter"
        />
      </div>
      {problem && <p className="empty danger" role="alert">{page.executors.failed(say(problem.detail || problem.title, problem))}</p>}
      <div ref={box} className="executor-table" role="table" aria-label={own.list} aria-rowcount={found.length + 1} data-narrow={narrow} data-testid="executors">
        <div role="rowgroup" className="head">
          <div role="row" className="row" aria-rowindex={1}>
            <span role="columnheader"><Term id="executor">{columns.name}</Term></span>
            {!narrow && <span role="columnheader">{columns.roles}</span>}
            {!narrow && <span role="columnheader">{columns.weight}</span>}
            {!narrow && <span role="columnheader">{columns.limit}</span>}
            <span role="columnheader">{columns.load}</span>
            {!narrow && <span role="columnheader">{columns.runs}</span>}
            <span role="columnheader">{columns.active}</span>
          </div>
        </div>
        <div role="rowgroup" className="rows" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const executor = found[index];
            return executor && (
              <div key={key} ref={rows.measureElement} data-index={index} role="row" className="row" aria-rowindex={index + 2} style={{ transform: `translateY(${start}px)` }} data-status={executor.status} data-testid={`executor-${executor.name}`}>
                <Row executor={executor} changed={changed} narrow={narrow} />
              </div>
            );
          })}
        </div>
      </div>
      {all && found.length === 0 && <p className="empty">{page.executors.none}</p>}
    </main>
  );
}

function OneExecutor({ name }: { name: string }) {
  const { all, problem, changed } = useExecutors();
  return <ExecutorPage name={name} all={all} problem={problem} changed={changed} />;
}

export default function ExecutorsPage() {
  const { name } = useParams<{ name?: string }>();
  return name === undefined ? <ExecutorListPage /> : <OneExecutor key={name} name={name} />;
}
