/** What a chart shows, as a table: times newest first, and no more of them than a reader scrolls through. */
import { count } from "../i18n/format";
import { useWords } from "../i18n/words";
import { axisTime } from "./scale";
import { fitted, type Cell, type Sheet } from "./sheet";
import { words } from "./words";

interface SheetTableProps {
  name: string;
  sheet: Sheet;
  format: (value: number) => string;
  /** How long the time is that is shown (s). */
  spanS: number;
}

export function SheetTable({ name, sheet, format, spanS }: SheetTableProps) {
  const { part, tableOf } = useWords(words);
  const { columns, rows, shown, all } = fitted(sheet);
  const written = (cell: Cell, time: boolean) => {
    if (cell === null) return "–";
    if (typeof cell === "string") return cell;
    return time ? axisTime(cell, spanS) : format(cell);
  };
  return (
    <>
      <div className="scroll sheet" role="group" aria-label={tableOf(name)} tabIndex={0}>
        <table className="table" data-testid="sheet">
          <thead>
            <tr>{columns.map(({ name: title, unit, at }) => <th key={title} scope="col">{at === null ? title : axisTime(at, spanS)}{unit && at === null ? ` (${unit})` : ""}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, column) => (column === 0
                  ? <th key="row" scope="row">{written(cell, columns[0]?.time ?? false)}</th>
                  : <td key={columns[column]?.name} className="figure">{written(cell, false)}</td>))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown < all && <p className="hint">{part(count(shown), count(all))}</p>}
    </>
  );
}
