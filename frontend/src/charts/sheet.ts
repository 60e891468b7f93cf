/** What a chart shows, as rows and columns: the table and the CSV are two writings of the same. */

export interface SheetColumn {
  name: string;
  /** Empty where it has none. */
  unit: string;
  /** Its cells are unix seconds: in a table the time of the day, in a CSV ISO 8601. */
  time: boolean;
  /** The time (unix s) that the whole column is of; null where it is of none. */
  at: number | null;
}

export type Cell = string | number | null;

export interface Sheet {
  /** The first one names the row. */
  columns: readonly SheetColumn[];
  rows: readonly (readonly Cell[])[];
}

export interface Values {
  name: string;
  unit: string;
  values: readonly (number | null)[];
}

export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Columns over time, oldest first. */
export function sheetOf(timeName: string, time: readonly number[], columns: readonly Values[]): Sheet {
  return {
    columns: [{ name: timeName, unit: "", time: true, at: null }, ...columns.map(({ name, unit }) => ({ name, unit, time: false, at: null }))],
    rows: time.map((moment, at) => [moment, ...columns.map(({ values }) => values[at] ?? null)]),
  };
}

/** A row a node, a column a time. */
export function sheetOfNodes(nodeName: string, unit: string, time: readonly number[], nodes: readonly string[], values: readonly (readonly (number | null)[])[]): Sheet {
  return {
    columns: [{ name: nodeName, unit: "", time: false, at: null }, ...time.map((moment) => ({ name: isoTime(moment), unit, time: false, at: moment }))],
    rows: nodes.map((node, at) => [node, ...time.map((_, column) => values[at]?.[column] ?? null)]),
  };
}

/** A spreadsheet takes a text that begins so for a formula, whoever has written it. */
const FORMULA = /^[=+\-@\t\r]/u;

function written(cell: Cell, time: boolean): string {
  if (cell === null) return "";
  if (typeof cell === "number") return time ? isoTime(cell) : String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180: commas, CRLF, a head; numbers in full. */
export function csvOf({ columns, rows }: Sheet): string {
  const head = columns.map(({ name, unit }) => written(unit ? `${name} (${unit})` : name, false)).join(",");
  const lines = rows.map((row) => row.map((cell, at) => written(cell, columns[at]?.time ?? false)).join(","));
  return [head, ...lines].map((line) => `${line}\r\n`).join("");
}

/** Cells and columns of a table: past them it would take the browser longer to lay out than anybody reads. */
const MOST_CELLS = 4_000;
const MOST_COLUMNS = 31;

/** As much of a sheet as a table shows, the newest first, and of how many values that is. */
export function fitted(sheet: Sheet): Sheet & { shown: number; all: number } {
  const [first, ...others] = sheet.columns;
  const all = sheet.rows.length * others.length;
  if (!first) return { ...sheet, shown: 0, all };
  const kept = Math.min(others.length, MOST_COLUMNS - 1);
  const most = Math.max(1, Math.floor(MOST_CELLS / (kept + 1)));
  // Columns are cut off at their old end where they are times, like rows.
  const ofTimes = others.some(({ at }) => at !== null);
  const places = others.map((_, at) => at + 1);
  const chosen = ofTimes ? places.slice(-kept).toReversed() : places.slice(0, kept);
  const rows = (first.time ? sheet.rows.slice(-most).toReversed() : sheet.rows.slice(0, most))
    .map((row) => [row[0] ?? null, ...chosen.map((at) => row[at] ?? null)]);
  return {
    columns: [first, ...chosen.flatMap((at) => sheet.columns[at] ?? [])], rows, shown: rows.length * chosen.length, all,
  };
}
