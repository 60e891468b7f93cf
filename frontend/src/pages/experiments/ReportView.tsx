/** One report, or two side by side: a figure at a time, its picture and its table. What is shown stands in the address. */
import { NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { compareReports, fileAddress, readReport } from "../../api/experiments";
import type { Report, ReportHead } from "../../api/types";
import { count } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { text, type Parameters } from "../../state/parameters";
import { usePolled } from "../../state/polled";
import { useQueryState, type QueryRules } from "../../state/query";
import { columnsOf } from "./figures";
import { Picture } from "./Picture";
import { ComparedTable, ReportTable } from "./Tables";
import { experimentWords } from "./words";

interface Shown {
  measure: string | null;
  against: string | null;
}
const parameters: Parameters<Shown> = { measure: text, against: text };
const QUERY: QueryRules<Shown> = { parameters, usual: { measure: null, against: null }, places: ["measure", "against"] };
const FILES = ["report.html", "results.csv", "summary.csv", "compared.csv", "scenario.txt"];

/** A measure of a later version has its own name. */
function useTitles(): (measure: string) => string {
  const { measures } = useWords(experimentWords);
  return (measure) => (Object.hasOwn(measures, measure) ? measures[measure as keyof typeof measures] : measure);
}

function Files({ id }: { id: string }) {
  const words = useWords(experimentWords);
  const [base, setBase] = useState<string | null>(null);
  useEffect(() => { fileAddress(id, "").then(setBase, () => undefined); }, [id]);
  return (
    <p className="report-files">
      {words.files}: {base !== null && FILES.map((file) => (
        <a key={file} href={base + file} target="_blank" rel="noopener noreferrer">{file === "report.html" ? words.report : file}</a>
      ))}
    </p>
  );
}

function Compared({ first, second, measure, pictures }: { first: string; second: string; measure: string; pictures: readonly string[] }) {
  const words = useWords(experimentWords);
  const titleOf = useTitles();
  // Nothing changes by itself in what was run; a report that is written anew is another question.
  const { value, problem } = usePolled(`${first} ${second}`, "", () => compareReports(first, second), Infinity);
  const { value: other } = usePolled(`report ${second}`, "", () => readReport(second), Infinity);
  if (problem) return <p className="danger" role="alert">{words.notRead}: {say(problem.detail, problem)}</p>;
  if (!value) return <p role="status">{words.comparing}</p>;
  const titles = [value.first.title, value.second.title] as const;
  const lines = value.lines.filter((line) => line.measure === measure);
  return (
    <>
      {value.problem !== null && <p className="danger" role="alert" data-testid="no-difference">{words.noDifference(say(value.problem))}</p>}
      <ComparedTable columns={columnsOf(lines)} lines={lines} titles={titles} />
      <div className="report-pictures">
        {[first, second].map((id, place) => (place === 0 ? pictures : (other?.pictures ?? [])).includes(measure) && <Picture key={id} id={id} measure={measure} about={words.picture(titles[place] ?? id, titleOf(measure))} />)}
      </div>
    </>
  );
}

function Alone({ report, measure }: { report: Report; measure: string }) {
  const words = useWords(experimentWords);
  const titleOf = useTitles();
  const { id, title } = report.report;
  const lines = report.lines.filter((line) => line.measure === measure);
  const notOk = Math.max(0, ...lines.map(({ figure }) => figure.not_ok));
  return (
    <>
      {report.pictures.includes(measure) && <Picture id={id} measure={measure} about={words.picture(title, titleOf(measure))} />}
      <ReportTable columns={columnsOf(lines)} lines={lines} />
      {notOk > 0 && <p className="danger">{words.notOk(notOk)}</p>}
      {report.lines.length < report.all_lines && <p className="hint">{words.cut(count(report.lines.length), count(report.all_lines))}</p>}
    </>
  );
}

export function ReportView({ id, others }: { id: string; others: readonly ReportHead[] }) {
  const words = useWords(experimentWords);
  const titleOf = useTitles();
  const [{ measure: asked, against }, change] = useQueryState(QUERY);
  const { value: report, problem } = usePolled(`report ${id}`, "", () => readReport(id));
  const measure = report?.measures.find((one) => one === asked) ?? report?.measures[0] ?? null;
  const comparable = others.filter((other) => other.id !== id && other.complete && other.kind === report?.report.kind);
  const second = against === null || against === id ? null : against;
  return (
    <article className="report" data-testid="report">
      <p><Link href="/experiments">← {words.all}</Link></p>
      {problem && <p className="danger" role="alert" data-testid="report-problem">{words.notRead}: {say(problem.detail, problem)}</p>}
      {!report && !problem && <p role="status">{words.loading}</p>}
      {report && (
        <>
          <h2>{report.report.title}</h2>
          {report.report.about !== "" && report.report.about !== report.report.title && <p>{report.report.about}</p>}
          {!report.report.complete && <p role="status">{words.notComplete}</p>}
          {measure !== null && (
            <>
              <div className="report-choices">
                <NativeSelect
                  label={words.measure} value={measure} data={report.measures.map((value) => ({ value, label: titleOf(value) }))}
                  onChange={(event) => { change({ measure: event.currentTarget.value }); }} data-testid="report-measure"
                />
                <NativeSelect
                  label={words.against} value={second ?? ""}
                  data={[{ value: "", label: words.nobody }, ...comparable.map((other) => ({ value: other.id, label: other.title }))]}
                  onChange={(event) => { change({ against: event.currentTarget.value || null }); }} data-testid="report-against"
                />
              </div>
              {second === null ? <Alone report={report} measure={measure} /> : <Compared first={id} second={second} measure={measure} pictures={report.pictures} />}
              <p className="hint">{words.howToRead}</p>
              <Files id={id} />
            </>
          )}
          <p className="hint">{words.madeWith(Object.entries(report.versions).map(([name, version]) => `${name} ${version}`).join(", "))}</p>
        </>
      )}
    </article>
  );
}
