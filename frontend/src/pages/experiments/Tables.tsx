/** The tables of a report, and of two side by side with a mark where each interval lies. */
import type { ComparedLine, Figure, ReportLine } from "../../api/types";
import { useWords } from "../../i18n/words";
import { intervalText, isClear, numberText, placeIn, spanOf } from "./figures";
import { experimentWords } from "./words";

const percent = (share: number) => `${(100 * share).toFixed(2)}%`;

function Mark({ figure, span, which }: { figure: Figure | null; span: readonly [number, number]; which: "first" | "second" }) {
  if (typeof figure?.mean !== "number") return null;
  const from = placeIn(span, figure.low ?? figure.mean);
  const to = placeIn(span, figure.high ?? figure.mean);
  return (
    <span className="interval" data-which={which}>
      <i style={{ left: percent(from), width: percent(to - from) }} />
      <b style={{ left: percent(placeIn(span, figure.mean)) }} />
    </span>
  );
}

function Case({ columns, line }: { columns: readonly string[]; line: { case: Record<string, string> } }) {
  return columns.map((name, place) => place === 0 ? <th scope="row" key={name}>{line.case[name]}</th> : <td key={name}>{line.case[name]}</td>);
}

/** The name of a factor; one of a later version has its own. */
function useFactors(): (factor: string) => string {
  const factors: Readonly<Record<string, string>> = useWords(experimentWords).factors;
  return (factor) => (Object.hasOwn(factors, factor) ? factors[factor] ?? factor : factor);
}

/** A difference as words where each pair has the same figure: a bare 0 would explain nothing. */
function Difference({ of }: { of: ReportLine["difference"] }) {
  const words = useWords(experimentWords);
  const same = of?.difference === 0 && of.low === of.high;
  return <td className="figure" data-clear={of !== null && isClear(of)}>{!of ? "–" : same ? words.same : intervalText(of.difference, of)}</td>;
}

export function ReportTable({ columns, lines }: { columns: readonly string[]; lines: readonly ReportLine[] }) {
  const words = useWords(experimentWords);
  const factorOf = useFactors();
  const differs = lines.some(({ difference }) => difference !== null);
  return (
    <div className="scroll wide-table" tabIndex={0} role="region" aria-label={words.measure}>
      <table className="table report-table" data-testid="report-table">
        <thead>
          <tr>
            {columns.map((name) => <th scope="col" key={name}>{factorOf(name)}</th>)}
            <th scope="col">{words.mean}</th>
            <th scope="col">{words.median}</th>
            {differs && <><th scope="col">{words.difference}</th><th scope="col">{words.percent}</th></>}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, row) => (
            <tr key={row}>
              <Case columns={columns} line={line} />
              <td className="figure">{intervalText(line.figure.mean, line.figure)}</td>
              <td className="figure">{numberText(line.figure.median)}</td>
              {differs && (
                <>
                  <Difference of={line.difference} />
                  <td className="figure">{line.difference && numberText(line.difference.percent)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ComparedProps {
  columns: readonly string[];
  lines: readonly ComparedLine[];
  titles: readonly [string, string];
}

export function ComparedTable({ columns, lines, titles }: ComparedProps) {
  const words = useWords(experimentWords);
  const factorOf = useFactors();
  const span = spanOf(lines.flatMap(({ first, second }) => [first, second]));
  return (
    <div className="scroll wide-table" tabIndex={0} role="region" aria-label={words.measure}>
      <table className="table report-table" data-testid="compared-table">
        <thead>
          <tr>
            {columns.map((name) => <th scope="col" key={name}>{factorOf(name)}</th>)}
            <th scope="col"><span className="of-first">{titles[0]}</span></th>
            <th scope="col"><span className="of-second">{titles[1]}</span></th>
            <th scope="col" className="interval-column">{words.between}</th>
            <th scope="col">{words.difference}</th>
            <th scope="col">{words.percent}</th>
            <th scope="col">{words.pairs}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, row) => (
            <tr key={row}>
              <Case columns={columns} line={line} />
              <td className="figure">{line.first ? intervalText(line.first.mean, line.first) : "–"}</td>
              <td className="figure">{line.second ? intervalText(line.second.mean, line.second) : "–"}</td>
              <td className="interval-column" aria-hidden="true">
                {span && <span className="intervals"><Mark figure={line.first} span={span} which="first" /><Mark figure={line.second} span={span} which="second" /></span>}
              </td>
              <Difference of={line.difference} />
              <td className="figure">{numberText(line.difference?.percent ?? null)}</td>
              <td className="figure">{line.difference?.pairs ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
