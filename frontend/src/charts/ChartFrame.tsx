/** A chart with its name and what can be done with it: shown as a table, taken along as CSV, or alone on the page. */
import type { ReactNode } from "react";
import { useWords } from "../i18n/words";
import { Icon } from "../theme/Icon";
import { download } from "./download";
import { Measured } from "./Measured";
import { SheetTable } from "./SheetTable";
import { csvOf, type Sheet } from "./sheet";
import { words } from "./words";

interface ChartFrameProps {
  id: string;
  name: string;
  unit: string;
  /** What stands beside the name, such as whether filters change the chart. */
  note?: ReactNode;
  asTable: boolean;
  onTable: () => void;
  /** Shows it alone, or all again; none where it cannot. */
  alone?: { shown: boolean; label: string; toggle: () => void };
  /** Made when it is needed: for the table and for the CSV. */
  sheet: () => Sheet;
  format: (value: number) => string;
  spanS: number;
  /** What the file is called, without its ending. */
  file: string;
  children: (width: number) => ReactNode;
}

export function ChartFrame({ id, name, unit, note, asTable, onTable, alone, sheet, format, spanS, file, children }: ChartFrameProps) {
  const own = useWords(words);
  return (
    <section className="chart-frame" aria-labelledby={`chart-${id}`} data-testid={`chart-${id}`}>
      <header>
        <h3 id={`chart-${id}`}>{name}{unit && <small> {unit}</small>}</h3>
        {note}
        <span className="spring" />
        <button type="button" className="quiet" aria-label={`${name}: ${asTable ? own.asChart : own.asTable}`} onClick={onTable} data-testid={`table-${id}`}>
          {asTable ? own.asChart : own.asTable}
        </button>
        <button type="button" className="quiet" aria-label={own.csvOf(name)} onClick={() => { download(`${file}.csv`, csvOf(sheet())); }} data-testid={`csv-${id}`}>{own.csv}</button>
        {alone && (
          <button type="button" className="quiet" aria-pressed={alone.shown} aria-label={alone.label} title={alone.label} onClick={alone.toggle} data-testid={`alone-${id}`}>
            <Icon name={alone.shown ? "close" : "fit"} />
          </button>
        )}
      </header>
      <Measured className="chart-body">
        {(width) => (asTable ? <SheetTable name={name} sheet={sheet()} format={format} spanS={spanS} /> : children(width))}
      </Measured>
    </section>
  );
}
