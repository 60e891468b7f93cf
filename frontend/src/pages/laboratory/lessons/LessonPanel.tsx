/** What a counterexample shows: the condition, who was not heard, the kind of the mistake, the right algorithm beside it. */
import { Button } from "@mantine/core";
import { useWords } from "../../../i18n/words";
import { useSession } from "../session";
import "./lessons.css";
import { lookForOrder, stopLooking, toBreak, useLesson } from "./lesson";
import { lessonWords } from "./lesson-words";

export function LessonPanel() {
  const words = useWords(lessonWords);
  const about = useSession((state) => state.about);
  const { about: of, lesson, right, rightShown } = useLesson();
  if (!lesson || of !== about) return null;
  const missing = lesson.missing.join(", ");
  const sentence = lesson.condition === "dependence" ? words.unheard(lesson.node, missing) : words.undecided(missing);
  return (
    <section className="lesson" aria-label={words.title} data-testid="lesson">
      <h2>{words.title}</h2>
      <p className="danger" data-testid="lesson-broken">{words.breaks(words.names[lesson.condition])}</p>
      <p className="hint">{words.definitions[lesson.condition]}</p>
      {missing !== "" && <p data-testid="lesson-witness">{words.at(lesson.position)}: {sentence}</p>}
      {lesson.repeats_after !== null && <p>{words.repeats(lesson.repeats_after)}</p>}
      {lesson.kinds.map((kind) => (
        <div key={kind} data-testid="lesson-kind">
          <h3>{words.kinds[kind].title}</h3>
          <p>{words.kinds[kind].text}</p>
        </div>
      ))}
      <span className="session-acts">
        <Button size="compact-sm" variant="default" onClick={toBreak} data-testid="lesson-to-break">{words.toBreak}</Button>
        {right && (
          <Button size="compact-sm" variant="default" aria-pressed={rightShown} onClick={() => { useLesson.setState({ rightShown: !rightShown }); }} data-testid="lesson-right">
            {rightShown ? words.own : words.same(right.title)}
          </Button>
        )}
      </span>
    </section>
  );
}

/** Has the session's class looked at in all orders on small networks. */
export function LookForOrder() {
  const words = useWords(lessonWords);
  const busy = useSession((state) => state.busy);
  const { searching, nothing } = useLesson();
  return (
    <>
      <span className="session-acts">
        <Button size="compact-sm" variant="default" disabled={busy} onClick={() => void lookForOrder()} data-testid="lesson-look">{searching ? words.looking : words.look}</Button>
        {searching && <Button size="compact-sm" variant="default" onClick={stopLooking} data-testid="lesson-stop">{words.stop}</Button>}
      </span>
      {nothing && <p className="hint" role="status" data-testid="lesson-none">{words.none(nothing.networks, nothing.of, nothing.states)} {nothing.complete ? words.all : words.notAll}</p>}
    </>
  );
}
