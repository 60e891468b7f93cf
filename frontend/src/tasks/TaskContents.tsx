/** All that the journal has of one task, and what can be done with it: the contents of a drawer, or of a page. */
import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import type { TaskHistory, TaskPriority } from "../api/types";
import { count, milliseconds, when } from "../i18n/format";
import type { Translation } from "../i18n/en";
import { useTranslation } from "../i18n/use-translation";
import { useConnected } from "../state/lab-store";
import { FocusableButton } from "../theme/FocusableButton";
import { say } from "../i18n/say";
import { Term } from "../i18n/Term";
import { Facts } from "../theme/Facts";
import { cancel, makeUrgent, putBack } from "./commands";
import { beginning, shownValue } from "./task-text";

/** Something that a script or a stranger has said: as text, in its own lines, and not more than can be read. */
function Quoted({ heading, value, words }: { heading: string; value: unknown; words: Translation }) {
  const { text, all } = beginning(shownValue(value));
  return (
    <section>
      <h3>{heading}</h3>
      <pre className="said" tabIndex={0} aria-label={heading}>{text}</pre>
      {all !== null && <p className="hint">{words.moreCharacters(count(all))}</p>}
    </section>
  );
}

/** What happened to it; a task that was moved about has more than anybody reads. */
function History({ events, words }: { events: TaskHistory["history"]; words: Translation }) {
  return (
    <section>
      <h3>{words.taskDetail.history}</h3>
      <ol className="events" data-testid="task-history">
        {events.map(({ time, node, what }, at) => (
          <li key={at}><time>{when(time)}</time><span>{node === null ? "" : `${node}: `}{Object.entries(words.statuses).find(([status]) => status === what)?.[1] ?? say(what)}</span></li>
        ))}
      </ol>
    </section>
  );
}

/** Where a node, and all tasks of a request, are found. */
export interface TaskLinks {
  node: (name: string) => ReactNode;
  request: (request: string) => ReactNode;
}

function factsOf(task: TaskHistory, words: Translation, links: TaskLinks): [ReactNode, ReactNode][] {
  const detail = words.taskDetail;
  const { node } = task;
  const time = (name: ReactNode, at: number | null): [ReactNode, ReactNode][] => (at === null ? [] : [[name, when(at)]]);
  const ofScript: [ReactNode, ReactNode][] = task.kind === "script" ? [
    [detail.script, task.script],
    [detail.type, task.type && words.submit[task.type]],
    [detail.timeout, task.timeout === null ? detail.asLab : `${task.timeout} s`],
    [detail.took, milliseconds(task.took === null ? null : task.took * 1000)],
  ] : [];
  const ofRequest = (request: string): [ReactNode, ReactNode] => [
    <Term key="request" id="request">{detail.request}</Term>,
    links.request(request),
  ];
  return [
    [detail.kind, words.taskKinds[task.kind]],
    [detail.title, task.title || detail.none],
    [detail.category, task.category || detail.none],
    [detail.priority, words.priorities[task.priority]],
    [<Term key="weight" id="weight">{detail.weight}</Term>, words.cores(task.weight)],
    [<Term key="role" id="role">{detail.roles}</Term>, task.roles.join(", ") || detail.anyRole],
    [detail.node, node === null ? words.noNode : links.node(node)],
    ...(task.request === null ? [] : [ofRequest(task.request)]),
    ...(task.duration === null ? [] : [[detail.duration, `${task.duration} s`] satisfies [ReactNode, ReactNode]]),
    [<Term key="attempts" id="attempt">{detail.attempts}</Term>, detail.attemptsOf(task.attempts, task.max_attempts)],
    ...time(detail.submitted, task.submitted_at),
    ...time(detail.assigned, task.assigned_at),
    ...time(detail.started, task.started_at),
    ...time(detail.finished, task.finished_at),
    ...time(<Term key="deadline" id="deadline">{detail.deadline}</Term>, task.deadline),
    ...time(detail.notBefore, task.status === "pending" ? task.not_before : null),
    ...ofScript,
    ...(task.reason ? [[detail.reason, say(task.reason)] satisfies [ReactNode, ReactNode]] : []),
  ];
}

/** `again` asks for the task anew; `more` stands beside the other buttons. */
export function TaskContents({ task, links, again, more }: { task: TaskHistory; links: TaskLinks; again: () => void; more?: ReactNode }) {
  const words = useTranslation();
  const connected = useConnected();
  const { id } = task;
  const detail = words.taskDetail;
  const open = task.status === "pending" || task.status === "assigned" || task.status === "running";
  return (
    <>
      <p className="detail-state">
        <span className="task-status" data-status={task.status} data-testid="task-status">{words.statuses[task.status]}</span>
        {task.status === "failed" && <Term id="dead-letter" />}
      </p>
      <Facts facts={factsOf(task, words, links)} />
      {(task.status === "pending" || task.status === "assigned") && (
        <NativeSelect
          label={words.changePriority}
          value={task.priority}
          data={Object.entries(words.priorities).map(([value, label]) => ({ value, label }))}
          onChange={(event) => { if (connected) void makeUrgent(id, event.currentTarget.value as TaskPriority).then(again); }}
          data-testid="change-priority"
        />
      )}
      <div className="buttons">
        {more}
        <FocusableButton variant="default" disabled={!connected || task.status !== "failed"} onClick={() => void putBack(id).then(again)} data-testid="retry-task">{words.retryTask}</FocusableButton>
        <FocusableButton variant="default" className="danger" disabled={!connected || !open} onClick={() => void cancel(id).then(again)} data-testid="cancel-task">{words.cancelTask}</FocusableButton>
      </div>
      {task.error !== null && <Quoted heading={detail.error} value={say(task.error)} words={words} />}
      {task.status === "completed" && task.kind === "script" && <Quoted heading={detail.result} value={task.result} words={words} />}
      {task.kind === "script" && <Quoted heading={detail.params} value={task.params} words={words} />}
      {task.output && <Quoted heading={detail.output} value={task.output} words={words} />}
      <History events={task.history} words={words} />
    </>
  );
}
