/** The drawer of one task, and the way to its page. */
import { Link } from "wouter";
import { readTask } from "../../../api/tasks";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { select } from "../../../state/view";
import { TaskContents } from "../../../tasks/TaskContents";
import { showTasksOf } from "./show-tasks";

const COUNT_INTERVAL_MS = 500;

export function TaskDetail({ id }: { id: string }) {
  const words = useTranslation();
  const counts = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => lab?.tasks ?? null);
  const { value: task, problem, again } = usePolled(`task ${id}`, JSON.stringify(counts), () => readTask(id));
  if (problem?.status === 404) return <p className="empty" role="alert">{words.taskGone(id)}</p>;
  if (!task) return problem ? <p className="empty danger" role="alert">{words.tasksFailed(say(problem.detail || problem.title, problem))}</p> : null;
  const links = {
    node: (name: string) => <button type="button" className="quiet" onClick={() => { select({ type: "node", name }); }}>{name}</button>,
    request: (request: string) => <button type="button" className="quiet" title={words.allOfRequest} onClick={() => { showTasksOf({ request }); }} data-testid="task-request">{request}</button>,
  };
  return (
    <>
      <p><Link href={`/tasks/${encodeURIComponent(id)}`} data-testid="task-page">{words.taskPage}</Link></p>
      <TaskContents task={task} links={links} again={again} />
    </>
  );
}
