/** The same nodes as on the drawing, as a table: for screen readers, for keyboards, for finding one among many. */
import { NativeSelect, TextInput } from "@mantine/core";
import { memo, useCallback, useState, type KeyboardEvent } from "react";
import { useEvery } from "../../../state/hooks";
import { select, useView } from "../../../state/view";
import { MarkIcon } from "../../../graph/Legend";
import type { Condition } from "../../../theme/marks";
import { hex, loadColour, shareOf } from "../../../theme/scale";
import type { Phase } from "../../../playback/schedule";
import { nodesNow, usePlayback } from "../../../playback/store";
import { useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { TaskCountsLine } from "./TaskCountsLine";
import { find, pageOf, rowsOf, sorted, turn, type Row, type SortKey, type Sorting } from "./rows";
import { FocusableButton } from "../../../theme/FocusableButton";

const TABLE_INTERVAL_MS = 300;

function LoadBar({ row }: { row: Row }) {
  const share = shareOf(row.load, row.cpu);
  return (
    <span className="load-bar" aria-hidden="true">
      <span style={{ width: `${share * 100}%`, background: hex(loadColour(row.load, row.cpu)) }} />
    </span>
  );
}

function openMenu(name: string, row: HTMLElement) {
  const box = row.getBoundingClientRect();
  useView.setState({ menu: { name, x: box.left + 24, y: box.bottom } });
}

function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, name: string) {
  const row = event.currentTarget;
  const move = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
  if (event.key === "Enter" || event.key === " ") select({ type: "node", name });
  else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) openMenu(name, row);
  else if (move instanceof HTMLElement) move.focus();
  else if (move === undefined) return;
  event.preventDefault();
}

/** What a row shows of its node. */
const SHOWN = ["name", "port", "cpu", "load", "condition"] as const satisfies readonly (keyof Row)[];

/** Made anew where its node has changed alone: most have not. */
const NodeRow = memo(function NodeRow({ row, selected, phase }: { row: Row; selected: boolean; phase: Phase | null }) {
  const words = useTranslation();
  return (
    <tr
      tabIndex={0}
      aria-selected={selected}
      data-testid={`node-row-${row.name}`}
      data-condition={row.condition}
      data-load={row.load}
      onClick={() => { select({ type: "node", name: row.name }); }}
      onKeyDown={(event) => { onRowKey(event, row.name); }}
      onContextMenu={(event) => {
        event.preventDefault();
        useView.setState({ menu: { name: row.name, x: event.clientX, y: event.clientY } });
      }}
    >
      <th scope="row" title={row.name}>{row.name}</th>
      <td className="figure port">{row.port}</td>
      <td className="figure"><LoadBar row={row} />{row.load} / {row.cpu}</td>
      <td className="condition"><MarkIcon condition={row.condition} />{words.conditions[row.condition]}</td>
      {phase && <td data-testid={`phase-${row.name}`}>{words.phases[phase]}</td>}
    </tr>
  );
}, (before, after) => before.selected === after.selected && before.phase === after.phase && SHOWN.every((key) => before.row[key] === after.row[key]));

interface SearchProps {
  text: string;
  condition: Condition | "";
  search: (text: string) => void;
  choose: (condition: Condition | "") => void;
}

/** What is shown of the nodes; it changes by the reader alone. */
const Search = memo(function Search({ text, condition, search, choose }: SearchProps) {
  const words = useTranslation();
  return (
    <div className="pair search">
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={text}
        onChange={(event) => { search(event.currentTarget.value); }}
        data-search=""
        data-testid="node-search"
      />
      <NativeSelect
        aria-label={words.stateFilter}
        value={condition}
        data={[{ value: "", label: words.allStates }, ...Object.entries(words.conditions).map(([value, label]) => ({ value, label }))]}
        onChange={(event) => { choose(event.currentTarget.value as Condition | ""); }}
        data-testid="state-filter"
      />
    </div>
  );
});

export function NodesTable() {
  const words = useTranslation();
  const lab = useEvery(TABLE_INTERVAL_MS, useLab, (state) => state.lab);
  useEvery(TABLE_INTERVAL_MS, usePlayback, (state) => state.steps + (state.schedule ? 1e9 : 0));
  const selected = useView((view) => (view.selection?.type === "node" ? view.selection.name : null));
  const [text, setText] = useState("");
  const [condition, setCondition] = useState<Condition | "">("");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [page, setPage] = useState(0);
  const search = useCallback((next: string) => { setText(next); setPage(0); }, []);
  const choose = useCallback((next: Condition | "") => { setCondition(next); setPage(0); }, []);
  if (!lab) return <p className="empty">{words.noNetworkHint}</p>;
  // The table is the lab as it is; what a wave did on another network is no column of it.
  const played = usePlayback.getState().network === lab.network ? nodesNow() : null;
  const phases = played?.phases;
  const found = sorted(find(rowsOf(lab), text, condition === "" ? null : condition), sorting);
  const shown = pageOf(found, page);
  const nextSorting = (key: SortKey) => { setSorting((now) => turn(now, key)); };
  const header = (key: SortKey, label: string) => (
    <th scope="col" className={key} aria-sort={sorting?.key !== key ? "none" : sorting.falling ? "descending" : "ascending"}>
      <button type="button" className="sort" onClick={() => { nextSorting(key); }}>
        {label}
        <span aria-hidden="true">{sorting?.key !== key ? "" : sorting.falling ? " ↓" : " ↑"}</span>
      </button>
    </th>
  );
  return (
    <div className="panel-body">
      <Search text={text} condition={condition} search={search} choose={choose} />
      <div className="scroll">
        <table className="table nodes" data-phases={phases ? "" : undefined} data-testid="node-table" aria-rowcount={found.length}>
          <thead>
            <tr>
              {header("name", words.columns.name)}
              {header("port", words.columns.port)}
              {header("load", words.columns.load)}
              {header("condition", words.columns.state)}
              {phases && <th scope="col">{words.columns.phase}</th>}
            </tr>
          </thead>
          <tbody>
            {shown.rows.map((row) => (
              <NodeRow key={row.name} row={row} selected={row.name === selected} phase={phases ? (phases[lab.network.indexOf.get(row.name) ?? -1] ?? "idle") : null} />
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="empty">{words.noMatch}</p>}
      </div>
      <TaskCountsLine counts={lab.tasks} />
      {shown.pages > 1 && (
        <div className="pager">
          <FocusableButton size="compact-xs" variant="default" disabled={shown.page === 0} onClick={() => { setPage(shown.page - 1); }}>{words.previous}</FocusableButton>
          <span>{words.page(shown.page + 1, shown.pages)}</span>
          <FocusableButton size="compact-xs" variant="default" disabled={shown.page + 1 === shown.pages} onClick={() => { setPage(shown.page + 1); }}>{words.next}</FocusableButton>
        </div>
      )}
    </div>
  );
}
