/** The tasks that were found, as a table of any length: only the rows in view are there, and pages come as they are reached. */
import { Checkbox } from "@mantine/core";
import { memo, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { Link } from "wouter";
import type { Task } from "../../api/types";
import { milliseconds, when } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import type { TaskFilters } from "../../state/address";
import { useMedia } from "../../state/hooks";
import { FocusableButton } from "../../theme/FocusableButton";
import { useHeld } from "../../tasks/bulk";
import { CANCELLABLE } from "../../tasks/bulk-commands";
import { nameOf } from "../../tasks/task-text";
import type { Listing } from "./listing";
import { rowsOf, taskAt, tasksIn, totalOf } from "./task-pages";
import { FIRST_ROWINDEX, useRows } from "./use-rows";
import { words } from "./words";

/** Heights of a row: in a line, and on a phone in two. */
const ROW_PX = { wide: 36, narrow: 62 };
/** The page that is seen is asked for again, when something has changed. */
const REFRESH_MS = 1_500;

type Sort = TaskFilters["sort"];

interface TableProps {
  listing: Listing;
  /** What changes with the lab's tasks. */
  changed: string;
  sort: Sort;
  order: (sort: Sort) => void;
  selected: ReadonlyMap<string, Task>;
  /** All that match are selected, loaded or not. */
  everything: boolean;
  select: (tasks: readonly Task[], selected: boolean) => void;
  empty: string;
}

/** A column by which the list can be ordered: once more turns it round. */
function Ordered({ by, sort, order, children }: { by: "submitted" | "finished" | "priority"; sort: Sort; order: (sort: Sort) => void; children: ReactNode }) {
  const down = by !== "priority" && sort === `-${by}`;
  const set = down || sort === by;
  const next: Sort = by === "priority" ? "priority" : down ? by : `-${by}`;
  return (
    <span role="columnheader" aria-sort={set ? (down ? "descending" : "ascending") : "none"}>
      <button type="button" className="quiet" onClick={() => { order(next); }} data-testid={`order-${by}`}>{children}{set ? (down ? " ↓" : " ↑") : ""}</button>
    </span>
  );
}

/** Made anew where its task has changed alone: of the rows in view most have not. */
const Row = memo(function Row({ task, at, selected, allHeld, select }: { task: Task; at: number; selected: boolean; allHeld: boolean; select: TableProps["select"] }) {
  const page = useTranslation();
  const own = useWords(words);
  const held = useHeld(({ ids }) => ids.has(task.id)) || (allHeld && CANCELLABLE.includes(task.status));
  const { started_at: started, finished_at: finished } = task;
  const took = finished !== null && started !== null && finished >= started ? milliseconds((finished - started) * 1000) : "";
  const name = nameOf(task);
  const about = [task.category, task.reason && say(task.reason)].filter(Boolean).join(" · ");
  return (
    <>
      <span role="cell" className="tick">
        <Checkbox size="xs" checked={selected} onChange={(event) => { select([task], event.currentTarget.checked); }} aria-label={own.selectOne(name)} data-testid={`select-${task.id}`} />
      </span>
      <span role="rowheader" className="name"><Link href={`/tasks/${encodeURIComponent(task.id)}`} title={task.title ? `${name} (${task.id})` : name} data-row={at}>{name}</Link></span>
      <span role="cell" className="task-status" data-status={task.status}>{held ? own.held : page.statuses[task.status]}</span>
      <span role="cell" className="priority" data-priority={task.priority}>{page.priorities[task.priority]}</span>
      <span role="cell" className="node" title={task.node ?? undefined}>{task.node ?? ""}</span>
      <span role="cell" className="about" title={about}>{about}</span>
      <span role="cell" className="figure">{when(task.submitted_at)}</span>
      <span role="cell" className="figure took">{took}</span>
    </>
  );
});

export function TaskTable({ listing, changed, sort, order, selected, everything, select, empty }: TableProps) {
  const page = useTranslation();
  const own = useWords(words);
  const narrow = useMedia("(max-width: 760px)");
  const { pages } = listing;
  const loaded = useSyncExternalStore(pages.subscribe, pages.now);
  const [top] = useState(() => listing.top);
  const height = narrow ? ROW_PX.narrow : ROW_PX.wide;
  const rows = useRows(rowsOf(loaded), height, top, listing.moved);
  const { box, first, end } = rows;
  const last = Math.max(first, end - 1);
  const total = totalOf(loaded);
  useEffect(() => { pages.look(first, last); }, [pages, first, last]);
  useEffect(() => {
    void pages.refresh();
    const timer = setTimeout(() => { void pages.refresh(); }, REFRESH_MS);
    return () => { clearTimeout(timer); };
  }, [pages, changed]);
  const there = tasksIn(loaded);
  const allHeld = useHeld((held) => held.listings.includes(listing.key));
  const all = everything || (there.length > 0 && there.every(({ id }) => selected.has(id)));
  return (
    <>
      {loaded.problem && <p className="empty danger" role="alert" data-testid="tasks-failed">{page.tasksFailed(say(loaded.problem.detail || loaded.problem.title, loaded.problem))}</p>}
      <div ref={box} className="task-table" role="table" aria-label={own.list} aria-rowcount={total?.exact ? total.tasks + 1 : -1} tabIndex={0} onScroll={rows.onScroll} onKeyDown={rows.onKeyDown} data-testid="task-table">
        <div role="rowgroup" className="head">
          <div role="row" className="row" aria-rowindex={1}>
            <span role="columnheader" className="tick">
              <Checkbox size="xs" checked={all} indeterminate={!all && selected.size > 0} disabled={there.length === 0} onChange={() => { select(there, !all); }} aria-label={own.selectAll} data-testid="select-all" />
            </span>
            <span role="columnheader">{own.columns.task}</span>
            <span role="columnheader">{own.columns.status}</span>
            <Ordered by="priority" sort={sort} order={order}>{own.columns.priority}</Ordered>
            <span role="columnheader">{own.columns.node}</span>
            <span role="columnheader">{own.columns.about}</span>
            <Ordered by="submitted" sort={sort} order={order}>{own.columns.submitted}</Ordered>
            <Ordered by="finished" sort={sort} order={order}>{own.columns.took}</Ordered>
          </div>
        </div>
        <div role="rowgroup" className="rows" style={{ height: rows.height }} data-testid="task-rows">
          {Array.from({ length: Math.max(0, end - first) }, (_, at) => {
            const index = first + at;
            const task = taskAt(loaded, index);
            return (
              <div key={task?.id ?? index} role="row" className="row" aria-rowindex={index + FIRST_ROWINDEX} style={{ height, transform: `translateY(${rows.startOf(index)}px)` }} data-testid={task ? `task-${task.id}` : undefined} data-selected={task ? everything || selected.has(task.id) : false}>
                {task ? <Row task={task} at={index} selected={everything || selected.has(task.id)} allHeld={allHeld} select={select} /> : <span role="cell" className="name">…</span>}
              </div>
            );
          })}
        </div>
      </div>
      {loaded.complete && loaded.end === 0 && <p className="empty">{empty}</p>}
      <div className="pager">
        <FocusableButton size="compact-xs" variant="default" disabled={first === 0} onClick={rows.toTop} data-testid="to-top">{own.toTop}</FocusableButton>
        <span data-testid="tasks-loaded">{total ? own.inAll(total) : ""}</span>
        {selected.size > 0 && !everything && <span className="unseen" role="status">{own.selected(selected.size)}</span>}
      </div>
    </>
  );
}
