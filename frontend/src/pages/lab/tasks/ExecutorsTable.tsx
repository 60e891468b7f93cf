/** The nodes as executors: what each takes, what it has to do, and whether it gets anything new. */
import { Switch, TextInput } from "@mantine/core";
import { Link } from "wouter";
import { useState } from "react";
import { readExecutors } from "../../../api/tasks";
import type { Executor } from "../../../api/types";
import { count } from "../../../i18n/format";
import type { Translation } from "../../../i18n/en";
import { Term } from "../../../i18n/Term";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useConnected, useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { select, useView } from "../../../state/view";
import { FocusableButton } from "../../../theme/FocusableButton";
import { setActive } from "../../../tasks/commands";
import { turnOpen, useExecutorEdits } from "../../../tasks/executor-edits";
import { ExecutorFields } from "../../../tasks/ExecutorFields";
import { pageOf } from "../panels/rows";
import { showTasksOf } from "./show-tasks";
import { foundExecutors, rolesOf } from "../../../tasks/executors";

const COUNT_INTERVAL_MS = 500;
const RUNNING_SHOWN = 3;

/** The first of the tasks that a node runs, each a way to it, and how many more there are. */
function Running({ tasks, words }: { tasks: readonly string[]; words: Translation }) {
  const more = tasks.length - RUNNING_SHOWN;
  return (
    <span className="about">
      {words.executors.runs}
      {tasks.slice(0, RUNNING_SHOWN).map((id) => (
        <button key={id} type="button" className="quiet" onClick={() => { select({ type: "task", id }); }}>{id}</button>
      ))}
      {more > 0 && `+${count(more)}`}
    </span>
  );
}

function Row({ executor, words, changed }: { executor: Executor; words: Translation; changed: (executor: Executor) => void }) {
  const connected = useConnected();
  const open = useExecutorEdits((edits) => edits.open.includes(executor.name));
  const { name, cpu, load, status, active, weight, limit, tasks } = executor;
  const { executors } = words;
  const takes = [rolesOf(executor).join(", "), executors.weight(weight), limit !== null && executors.limit(limit)].filter(Boolean);
  const turn = async () => {
    const now = await setActive(name, !active);
    if (now) changed(now);
  };
  const row = (
    <tr key="row" data-testid={`executor-${name}`} data-status={status} data-open={open}>
      <th scope="row">
        <button type="button" className="quiet" title={name} onClick={() => { select({ type: "node", name }); }}>{name}</button>
        <button type="button" className="takes" aria-expanded={open} title={executors.change(name)} onClick={() => { turnOpen(name); }} data-testid="executor-change">
          <span className="unseen">{name}: </span>{takes.join(" · ")}
        </button>
        {tasks.length > 0 && <Running tasks={tasks} words={words} />}
      </th>
      <td className="figure">{load} / {cpu}</td>
      <td>
        <Switch
          size="xs"
          label={words.executorStates[status]}
          aria-label={words.executors.switch(name)}
          checked={active}
          aria-disabled={!connected}
          onChange={() => { if (connected) void turn(); }}
        />
      </td>
    </tr>
  );
  if (!open) return row;
  return [row, <tr key="fields" className="executor-edit" data-testid={`edit-${name}`}><td colSpan={3}><ExecutorFields executor={executor} changed={changed} showTasks={() => { showTasksOf({ node: [name] }); }} /></td></tr>];
}

export function ExecutorsTable() {
  const words = useTranslation();
  const changes = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => (lab ? [lab.tasks, lab.nodes.state] : null));
  const text = useView((view) => view.executorText);
  const [page, setPage] = useState(0);
  const { value, problem, take } = usePolled("executors", JSON.stringify(changes), readExecutors);
  const changed = (executor: Executor) => { take((before) => before.map((one) => (one.name === executor.name ? executor : one))); };
  const found = foundExecutors(value ?? [], text);
  const shown = pageOf(found, page);
  return (
    <>
      <div className="search-one">
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={(event) => { useView.setState({ executorText: event.currentTarget.value }); setPage(0); }}
          data-testid="executor-search"
        />
      </div>
      <div className="scroll">
        {problem && <p className="empty danger" role="alert">{words.executors.failed(say(problem.detail || problem.title, problem))}</p>}
        <table className="table executors" data-testid="executors" aria-rowcount={found.length}>
          <thead>
            <tr>
              <th scope="col"><Term id="executor">{words.executors.name}</Term></th>
              <th scope="col">{words.executors.load}</th>
              <th scope="col">{words.executors.active}</th>
            </tr>
          </thead>
          <tbody>{shown.rows.map((executor) => <Row key={executor.name} executor={executor} words={words} changed={changed} />)}</tbody>
        </table>
        <p className="page-link"><Link href="/executors" data-testid="executors-page">{words.executorsPage}</Link></p>
        {value && found.length === 0 && <p className="empty">{words.executors.none}</p>}
      </div>
      {shown.pages > 1 && (
        <div className="pager">
          <FocusableButton size="compact-xs" variant="default" disabled={shown.page === 0} onClick={() => { setPage(shown.page - 1); }}>{words.previous}</FocusableButton>
          <span>{words.page(shown.page + 1, shown.pages)}</span>
          <FocusableButton size="compact-xs" variant="default" disabled={shown.page + 1 === shown.pages} onClick={() => { setPage(shown.page + 1); }}>{words.next}</FocusableButton>
        </div>
      )}
    </>
  );
}
