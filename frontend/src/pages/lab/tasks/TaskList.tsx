/** The tasks of the lab, as its journal has them: found by filters, a page at a time. */
import { Link } from "wouter";
import { useDebouncedValue } from "@mantine/hooks";
import { readTasks, queryOf } from "../../../api/tasks";
import type { Task } from "../../../api/types";
import { milliseconds, when } from "../../../i18n/format";
import type { Translation } from "../../../i18n/en";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { filtersSet, filterTasks, queryFor, useTaskFilters } from "../../../state/task-filters";
import { select, useView } from "../../../state/view";
import { FocusableButton } from "../../../theme/FocusableButton";
import { TaskCountsLine } from "../panels/TaskCountsLine";
import { TaskFilters } from "../../../tasks/TaskFilters";
import { nameOf } from "../../../tasks/task-text";

const SETTLED_MS = 250;
const COUNT_INTERVAL_MS = 500;
/** Tasks on one page. */
const PAGE_TASKS = 50;

/** When it was submitted, and how long it took if it is over, or when it may go on. */
function timesOf({ submitted_at, started_at, finished_at }: Task): string {
  const ran = finished_at !== null && started_at !== null && finished_at >= started_at;
  return [when(submitted_at), ran && milliseconds((finished_at - started_at) * 1000)].filter(Boolean).join(" · ");
}

function TaskRow({ task, words }: { task: Task; words: Translation }) {
  const selected = useView(({ selection }) => selection?.type === "task" && selection.id === task.id);
  const about = [
    words.taskKinds[task.kind], task.category, words.priorities[task.priority], task.node ?? words.noNode,
    task.weight > 1 && words.cores(task.weight), task.roles.join(", "), task.attempts > 1 && words.times(task.attempts),
    task.reason && say(task.reason),
  ].filter(Boolean);
  return (
    <li>
      <button
        type="button"
        className="wave"
        aria-pressed={selected}
        data-testid={`task-${task.id}`}
        data-status={task.status}
        onClick={() => { select({ type: "task", id: task.id }); }}
      >
        <span className="wave-head">
          <b>{nameOf(task)}</b>
          <span className="task-status" data-status={task.status}>{words.statuses[task.status]}</span>
        </span>
        <span className="wave-note">{about.join(" · ")}</span>
        <span className="wave-note">{timesOf(task)}</span>
      </button>
    </li>
  );
}

export function TaskList() {
  const words = useTranslation();
  const counts = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => lab?.tasks ?? null);
  const filters = useTaskFilters();
  // While somebody writes, nothing is asked.
  const [settled] = useDebouncedValue(filters, SETTLED_MS);
  const wanted = queryFor(settled, PAGE_TASKS);
  const { value, problem } = usePolled(queryOf(wanted), JSON.stringify(counts), () => readTasks(wanted));
  const { cursor } = filters;
  const next = value?.next ?? null;
  const turn = (place: string | null) => { useTaskFilters.setState({ cursor: place }); };
  return (
    <>
      <div className="scroll">
        <TaskFilters counts={counts} filters={filters} change={filterTasks} />
        {problem && <p className="empty danger" role="alert" data-testid="tasks-failed">{words.tasksFailed(say(problem.detail || problem.title, problem))}</p>}
        {value?.tasks.length === 0 && <p className="empty">{next !== null ? words.noTasksYet : filtersSet(filters).length > 0 ? words.noTasksFound : words.noTasks}</p>}
        <ol className="waves tasks-found" aria-label={words.tasksTab} tabIndex={-1} data-task-list="" data-testid="tasks">
          {value?.tasks.map((task) => <TaskRow key={task.id} task={task} words={words} />)}
        </ol>
        <TaskCountsLine counts={counts} />
        <p className="page-link"><Link href="/tasks" data-testid="tasks-page">{words.tasksPage}</Link></p>
      </div>
      {(cursor !== null || next !== null) && (
        <div className="pager">
          <FocusableButton size="compact-xs" variant="default" disabled={cursor === null} onClick={() => { turn(null); }} data-testid="tasks-first">{words.firstTasks}</FocusableButton>
          <FocusableButton size="compact-xs" variant="default" disabled={next === null} onClick={() => { turn(next); }} data-testid="tasks-next">{words.olderTasks}</FocusableButton>
        </div>
      )}
    </>
  );
}
