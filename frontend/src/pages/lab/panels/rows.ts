/** The rows of the node table: what each node is now, found, sorted and cut into pages. */
import { conditionIn, loadOf } from "../../../graph/scene";
import type { Condition } from "../../../theme/marks";
import type { Lab } from "../../../state/lab";

export interface Row {
  name: string;
  port: number;
  cpu: number;
  load: number;
  assigned: number;
  running: number;
  completed: number;
  restarts: number;
  condition: Condition;
}

export type SortKey = "name" | "port" | "load" | "condition";
export interface Sorting {
  key: SortKey;
  falling: boolean;
}

/** Rows on one page of a table. */
export const PAGE_ROWS = 100;

export function rowsOf(lab: Lab): Row[] {
  const { network, nodes } = lab;
  return network.names.map((name, node) => ({
    name,
    port: network.ports[node] ?? 0,
    cpu: network.cpus[node] ?? 1,
    load: loadOf(lab, node),
    assigned: nodes.assigned[node] ?? 0,
    running: nodes.running[node] ?? 0,
    completed: nodes.completed[node] ?? 0,
    restarts: nodes.restarts[node] ?? 0,
    condition: conditionIn(lab, node),
  }));
}

/** Rows whose name or port holds `text`, in the given condition if there is one. */
export function find(rows: readonly Row[], text: string, condition: Condition | null): Row[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (condition === null || row.condition === condition) &&
      (wanted === "" || row.name.toLowerCase().includes(wanted) || row.port.toString().includes(wanted)),
  );
}

const compare: Record<SortKey, (a: Row, b: Row) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  port: (a, b) => a.port - b.port,
  load: (a, b) => a.load / a.cpu - b.load / b.cpu,
  condition: (a, b) => a.condition.localeCompare(b.condition),
};

/** Sorted anew; no sorting keeps the order of the tree. */
export function sorted(rows: readonly Row[], sorting: Sorting | null): Row[] {
  if (!sorting) return [...rows];
  const sign = sorting.falling ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare[sorting.key](a, b));
}

export function pageOf<T>(rows: readonly T[], page: number): { rows: T[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const shown = Math.min(Math.max(0, page), pages - 1);
  return { rows: rows.slice(shown * PAGE_ROWS, (shown + 1) * PAGE_ROWS), page: shown, pages };
}

/** The sorting after a press on a column: first the useful way round, then the other, then the order of the tree. */
export function turn(now: Sorting | null, key: SortKey): Sorting | null {
  const first = key === "load";
  if (now?.key !== key) return { key, falling: first };
  return now.falling === first ? { key, falling: !first } : null;
}
