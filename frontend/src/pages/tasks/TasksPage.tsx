/** The page of tasks: the list with its filters, a form for a new one; or, with an id in the address, one task. */
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useCallback, useState, useSyncExternalStore } from "react";
import { useParams } from "wouter";
import "./tasks-page.css";
import type { Task, TaskQuery } from "../../api/types";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useEvery } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import { useQueryState } from "../../state/query";
import { filtersSet, queryFor } from "../../state/task-filters";
import { TaskFilters } from "../../tasks/TaskFilters";
import { TaskForm } from "../../tasks/TaskForm";
import { listingOf } from "./listing";
import { QUERY } from "./query";
import { Selection } from "./Selection";
import { SweepBar } from "./SweepBar";
import { TaskPage } from "./TaskPage";
import { PAGE, tasksIn, totalOf } from "./task-pages";
import { TaskTable } from "./TaskTable";
import { words } from "./words";

/** While somebody writes, nothing is asked. */
const SETTLED_MS = 250;
const COUNT_INTERVAL_MS = 1_000;

function TaskListPage() {
  const page = useTranslation();
  const own = useWords(words);
  const counts = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => lab?.tasks ?? null);
  const [{ submit, ...listed }, change] = useQueryState(QUERY);
  const filters = { ...listed, cursor: null };
  const [settled] = useDebouncedValue(JSON.stringify(queryFor(filters, PAGE)), SETTLED_MS);
  const wanted = JSON.parse(settled) as TaskQuery;
  const listing = listingOf(wanted);
  const loaded = useSyncExternalStore(listing.pages.subscribe, listing.pages.now);
  const [selection, setSelection] = useState<{ key: string; tasks: ReadonlyMap<string, Task>; everything: boolean }>({ key: listing.key, tasks: new Map(), everything: false });
  const everything = selection.key === listing.key && selection.everything;
  const selected: ReadonlyMap<string, Task> = selection.key === listing.key ? selection.tasks : new Map<string, Task>();
  const { key } = listing;
  const select = useCallback((tasks: readonly Task[], on: boolean) => {
    setSelection((before) => {
      const now = new Map(before.key === key ? before.tasks : []);
      for (const task of tasks) {
        if (on) now.set(task.id, task);
        else now.delete(task.id);
      }
      return { key, tasks: now, everything: false };
    });
  }, [key]);
  const clear = () => { setSelection({ key: listing.key, tasks: new Map(), everything: false }); };
  const allLoaded = !everything && tasksIn(loaded).length < (totalOf(loaded)?.tasks ?? Infinity) && selected.size > 0 && tasksIn(loaded).every(({ id }) => selected.has(id));
  const selectEverything = () => { setSelection({ key: listing.key, tasks: selected, everything: true }); };
  return (
    <main className="tasks-page" data-form={submit}>
      <header className="page-head">
        <h2>{own.heading}</h2>
        <Button size="compact-sm" variant={submit ? "default" : "filled"} onClick={() => { change({ submit: !submit }); }} aria-expanded={submit} data-testid="new-task">{submit ? own.closeForm : own.newTask}</Button>
      </header>
      <section className="page-filters scroll" aria-label={page.taskOrder}>
        <TaskFilters counts={counts} filters={filters} change={change} />
      </section>
      {submit && <section className="page-form" aria-label={own.newTask}><TaskForm sent={() => { change({ submit: false }); }} /></section>}
      <section className="page-list" aria-label={own.list}>
        <SweepBar />
        {selected.size > 0 && (
          <Selection
            selected={[...selected.values()]}
            everything={everything}
            selectEverything={allLoaded ? selectEverything : null}
            listing={{ key: listing.key, wanted }}
            clear={clear}
            refresh={() => { void listing.pages.refresh(); }}
          />
        )}
        <TaskTable
          key={listing.key}
          listing={listing}
          changed={JSON.stringify(counts)}
          sort={filters.sort}
          order={(sort) => { change({ sort }); }}
          selected={selected}
          everything={everything}
          select={select}
          empty={filtersSet(filters).length > 0 ? page.noTasksFound : page.noTasks}
        />
      </section>
    </main>
  );
}

export default function TasksPage() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <TaskListPage /> : <TaskPage key={id} id={id} />;
}
