/** The experiments that were run on this machine: a list of reports, and one of them, or two side by side. */
import { Link, useParams } from "wouter";
import { listExperiments } from "../../api/experiments";
import type { Experiments, ReportHead } from "../../api/types";
import { count, when } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { usePolled } from "../../state/polled";
import "./experiments.css";
import { ReportView } from "./ReportView";
import { unreadable } from "./unreadable";
import { experimentWords } from "./words";

const FACTORS_SHOWN = 3;

function Row({ head }: { head: ReportHead }) {
  const words = useWords(experimentWords);
  const kinds: Readonly<Record<string, string>> = words.kinds;
  const factors = Object.entries(head.factors);
  const factorNames: Readonly<Record<string, string>> = words.factors;
  return (
    <tr data-testid={`experiment-${head.id}`}>
      <th scope="row"><Link href={`/experiments/${encodeURIComponent(head.id)}`}>{head.title}</Link> <small>{head.id}</small></th>
      <td>{kinds[head.kind] ?? head.kind}</td>
      <td className="figure">{head.complete ? count(head.runs) : words.runsDone(head.done === null ? "…" : count(head.done), count(head.runs))}</td>
      <td>{head.finished === null ? words.unfinished : when(head.finished)}</td>
      <td>{factors.slice(0, FACTORS_SHOWN).map(([name, levels]) => `${factorNames[name] ?? name}: ${count(levels.length)}`).join(", ")}</td>
    </tr>
  );
}

function List({ found }: { found: Experiments }) {
  const words = useWords(experimentWords);
  const { columns } = words;
  return (
    <article className="report">
      <h2>{words.title}</h2>
      <p className="hint">{words.folder(found.folder)}</p>
      {found.experiments.length === 0 && (
        <div data-testid="no-experiments">
          <p>{words.empty} {words.emptyHow}</p>
          <pre className="command" tabIndex={0}><code>topowave experiment run scenario.yaml</code></pre>
        </div>
      )}
      {found.experiments.length > 0 && (
        <div className="scroll wide-table" tabIndex={0} role="region" aria-label={words.title}>
          <table className="table report-table" data-testid="experiments">
            <thead><tr>{Object.entries(columns).map(([name, label]) => <th scope="col" key={name}>{label}</th>)}</tr></thead>
            <tbody>{found.experiments.map((head) => <Row key={head.id} head={head} />)}</tbody>
          </table>
        </div>
      )}
      {found.problems.map((problem) => <p key={problem} className="danger">{unreadable(problem, say)}</p>)}
    </article>
  );
}

export default function ExperimentsPage() {
  const words = useWords(experimentWords);
  const { id } = useParams<{ id?: string }>();
  const { value, problem } = usePolled("experiments", "", listExperiments);
  return (
    <main className="reports scroll" aria-label={words.title} tabIndex={-1}>
      {id !== undefined && <ReportView key={id} id={id} others={value?.experiments ?? []} />}
      {id === undefined && problem && <p className="danger" role="alert">{words.notRead}: {say(problem.detail, problem)}</p>}
      {id === undefined && !value && !problem && <p className="report" role="status">{words.loading}</p>}
      {id === undefined && value && <List found={value} />}
    </main>
  );
}
