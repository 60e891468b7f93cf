/** The nodes as executors: what each takes, what it has to do, and whether it gets anything new. */
import { Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { readExecutors } from "../../../api/tasks";
import type { Executor } from "../../../api/types";
import { names } from "../../../i18n/format";
import type { Translation } from "../../../i18n/en";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useConnected, useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { select } from "../../../state/view";
import { FocusableButton } from "../../../theme/FocusableButton";
import { setActive } from "./commands";
import { pageOf } from "../panels/rows";
import { foundExecutors, rolesOf } from "./executors";

const COUNT_INTERVAL_MS = 500;
const RUNNING_SHOWN = 3;

function Row({ executor, words, changed }: { executor: Executor; words: Translation; changed: () => void }) {
  const connected = useConnected();
  const { name, cpu, load, status, active, weight, limit, tasks } = executor;
  const about = [
    rolesOf(executor).join(", "),
    weight !== 1 && words.executors.weight(weight),
    limit !== null && words.executors.limit(limit),
    tasks.length > 0 && words.executors.runs(names(tasks, RUNNING_SHOWN)),
  ].filter(Boolean);
  return (
    <tr data-testid={`executor-${name}`} data-status={status}>
      <th scope="row">
        <button type="button" className="quiet" title={name} onClick={() => { select({ type: "node", name }); }}>{name}</button>
        <span className="about">{about.join(" · ")}</span>
      </th>
      <td className="figure">{load} / {cpu}</td>
      <td className="executor-status">{words.executorStates[status]}</td>
      <td>
        <Switch
          size="xs"
          aria-label={words.executors.switch(name)}
          checked={active}
          aria-disabled={!connected}
          onChange={() => { if (connected) void setActive(name, !active).then(changed); }}
        />
      </td>
    </tr>
  );
}

export function ExecutorsTable() {
  const words = useTranslation();
  const changes = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => (lab ? [lab.tasks, lab.nodes.state] : null));
  const [text, setText] = useState("");
  const [page, setPage] = useState(0);
  const { value, problem, again } = usePolled("executors", JSON.stringify(changes), readExecutors);
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
          onChange={(event) => { setText(event.currentTarget.value); setPage(0); }}
          data-testid="executor-search"
        />
      </div>
      <div className="scroll">
        {problem && <p className="empty danger" role="alert">{words.tasksFailed(problem.detail || problem.title)}</p>}
        <table className="table executors" data-testid="executors" aria-rowcount={found.length}>
          <thead>
            <tr>
              <th scope="col">{words.executors.name}</th>
              <th scope="col">{words.executors.load}</th>
              <th scope="col">{words.executors.status}</th>
              <th scope="col">{words.executors.active}</th>
            </tr>
          </thead>
          <tbody>{shown.rows.map((executor) => <Row key={executor.name} executor={executor} words={words} changed={again} />)}</tbody>
        </table>
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
