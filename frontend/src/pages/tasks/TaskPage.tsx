/** The page of one task: its life across nodes, what it is, what came of it, and the same once more. */
import { Link, useLocation } from "wouter";
import { readTask, readTaskAsWritten, submitTasks } from "../../api/tasks";
import { say } from "../../i18n/say";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useEvery } from "../../state/hooks";
import { useConnected, useLab } from "../../state/lab-store";
import { notify, perform } from "../../state/notices";
import { usePolled } from "../../state/polled";
import { orderAgain } from "../../tasks/run-again";
import { TaskContents } from "../../tasks/TaskContents";
import { nameOf } from "../../tasks/task-text";
import { FocusableButton } from "../../theme/FocusableButton";
import { Life } from "./Life";
import { words } from "./words";

const COUNT_INTERVAL_MS = 500;

export function TaskPage({ id }: { id: string }) {
  const page = useTranslation();
  const own = useWords(words);
  const connected = useConnected();
  const [, navigate] = useLocation();
  const lab = useEvery(COUNT_INTERVAL_MS, useLab, (state) => state.lab);
  const { value: task, problem, again } = usePolled(`task ${id}`, JSON.stringify(lab?.tasks ?? null), () => readTask(id));
  const runAgain = async () => {
    const placed = await perform(async () => submitTasks(orderAgain(await readTaskAsWritten(id))), null, page.failed);
    const first = placed?.tasks[0];
    if (!first) return;
    notify("done", own.ranAgain(first.id));
    navigate(`/tasks/${encodeURIComponent(first.id)}`);
  };
  const links = {
    node: (name: string) => <Link href={`/executors/${encodeURIComponent(name)}`}>{name}</Link>,
    request: (request: string) => <Link href={`/tasks?request=${encodeURIComponent(request)}`} title={page.allOfRequest} data-testid="task-request">{request}</Link>,
  };
  return (
    <main className="plain task-page">
      <p><Link href="/tasks">← {own.back}</Link></p>
      <h2>{task ? nameOf(task) : id}</h2>
      {task && task.title !== "" && <p className="hint">{id}</p>}
      {problem?.status === 404 && <p className="empty" role="alert" data-testid="task-gone">{page.taskGone(id)}</p>}
      {problem && problem.status !== 404 && <p className="empty danger" role="alert">{page.tasksFailed(say(problem.detail || problem.title, problem))}</p>}
      {task && <Life task={task} now={lab?.time ?? task.submitted_at} />}
      {task && problem?.status !== 404 && (
        <TaskContents
          task={task}
          links={links}
          again={again}
          more={<FocusableButton disabled={!connected} onClick={() => void runAgain()} data-testid="run-again">{own.runAgain}</FocusableButton>}
        />
      )}
    </main>
  );
}
