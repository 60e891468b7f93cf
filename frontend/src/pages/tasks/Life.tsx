/** A task's life as bars on the nodes where it was; the same is told in words by its history below. */
import { milliseconds, when } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { lanesOf, lifeOf } from "./life";
import type { TaskHistory } from "../../api/types";
import { words } from "./words";

/** Narrowest bar, in percent of the whole: what lasted a moment is seen all the same. */
const LEAST_PERCENT = 0.4;

export function Life({ task, now }: { task: TaskHistory; now: number }) {
  const { life, phases, nowhere, during } = useWords(words);
  const stretches = lifeOf(task.history, now);
  const from = stretches[0]?.from ?? 0;
  const until = stretches.at(-1)?.until ?? 0;
  const whole = Math.max(until - from, 0.001);
  const percent = (seconds: number) => (100 * seconds) / whole;
  if (stretches.length === 0) return null;
  return (
    <section className="life" aria-label={life} data-testid="task-life">
      <h3>{life}</h3>
      <div className="life-key" aria-hidden="true">
        {(["waiting", "running", "moving"] as const).map((phase) => <span key={phase}><i data-phase={phase} />{phases[phase]}</span>)}
      </div>
      <dl>
        {lanesOf(stretches).map((node) => (
          <div key={node ?? ""}>
            <dt title={node ?? nowhere}>{node ?? nowhere}</dt>
            <dd>
              {stretches.filter((each) => each.node === node).map(({ phase, from: began, until: ended, what }) => {
                const text = during(phases[phase], node ?? nowhere, milliseconds((ended - began) * 1000));
                return (
                  <span
                    key={`${began} ${what}`}
                    role="img"
                    aria-label={text}
                    title={`${text} · ${when(began)} · ${say(what)}`}
                    data-phase={phase}
                    style={{ left: `${Math.min(percent(began - from), 100 - LEAST_PERCENT)}%`, width: `${Math.max(percent(ended - began), LEAST_PERCENT)}%` }}
                  />
                );
              })}
            </dd>
          </div>
        ))}
      </dl>
      <p className="life-scale"><span>{when(from)}</span><span>{milliseconds((until - from) * 1000)}</span><span>{when(until)}</span></p>
    </section>
  );
}
