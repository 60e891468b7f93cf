/** One executor: what it is, what it takes, what it runs. */
import { Link } from "wouter";
import type { Executor, Problem } from "../../api/types";
import { say } from "../../i18n/say";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { ExecutorFields } from "../../tasks/ExecutorFields";
import { rolesOf } from "../../tasks/executors";
import { Facts } from "../../theme/Facts";
import { ActiveSwitch } from "./ActiveSwitch";
import { words } from "./words";

interface ExecutorPageProps {
  name: string;
  /** Null until the lab has said them. */
  all: readonly Executor[] | null;
  problem: Problem | null;
  changed: (executor: Executor) => void;
}

export function ExecutorPage({ name, all, problem, changed }: ExecutorPageProps) {
  const page = useTranslation();
  const own = useWords(words);
  const executor = all?.find((one) => one.name === name);
  const inTasks = encodeURIComponent(name);
  return (
    <main className="plain executor-page">
      <p><Link href="/executors">← {own.back}</Link></p>
      <h2>{name}</h2>
      {problem && <p className="empty danger" role="alert">{page.executors.failed(say(problem.detail || problem.title, problem))}</p>}
      {all && !executor && <p className="empty" role="alert" data-testid="executor-gone">{own.gone(name)}</p>}
      {executor && (
        <>
          <ActiveSwitch executor={executor} changed={changed} />
          <Facts
            facts={[
              [own.facts.state, own.states[executor.status]],
              [own.columns.roles, rolesOf(executor).join(", ")],
              [own.facts.load, `${executor.load} / ${executor.cpu}`],
              [own.facts.runs, executor.tasks.length === 0 ? own.facts.none : (
                <span className="runs">{executor.tasks.map((id) => <Link key={id} href={`/tasks/${encodeURIComponent(id)}`}>{id}</Link>)}</span>
              )],
            ]}
          />
          <ExecutorFields executor={executor} changed={changed} />
          <p className="links">
            <Link href={`/tasks?node=${inTasks}`} data-testid="executor-tasks">{own.tasks}</Link>
            <Link href={`/?selection=node%3A${inTasks}`}>{own.inLab}</Link>
          </p>
        </>
      )}
    </main>
  );
}
