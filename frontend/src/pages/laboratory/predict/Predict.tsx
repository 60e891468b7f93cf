/** Asks the hall what a node will do before its step is shown, counts the hands, and says who was right. */
import { ActionIcon, Button } from "@mantine/core";
import { count } from "../../../i18n/format";
import { useWords } from "../../../i18n/words";
import { Icon } from "../../../theme/Icon";
import { happened } from "../narration";
import type { Opened } from "../store";
import { laboratoryWords } from "../words";
import { predictWords } from "./predict-words";
import "./predict.css";
import { ANSWERS } from "./question";
import { raise, reveal, usePrediction } from "./store";

export function Predict({ opened }: { opened: Opened }) {
  const words = useWords(predictWords);
  const said = useWords(laboratoryWords);
  const { on, asked, answered, hands, right, all } = usePrediction();
  if (!on) return null;
  const { run } = opened.index;
  const node = run.recording.network.names[run.steps[asked ?? -1]?.node ?? -1] ?? said.narrate.unknown;
  return (
    <section className="predict" aria-label={words.predict} data-testid="predict">
      {asked === null && answered === null && <p className="hint">{words.how}</p>}
      {asked !== null && (
        <>
          <p className="predict-question" aria-live="polite" data-testid="predict-question">{happened(run, asked, said)}. {words.question(node)}</p>
          <ul className="predict-answers">
            {ANSWERS.map((answer) => (
              <li key={answer}>
                <Button variant="default" onClick={() => { raise(answer, 1); }}>{words.answers[answer]}: {count(hands[answer])}</Button>
                {hands[answer] > 0 && (
                  <ActionIcon variant="subtle" aria-label={words.lower(words.answers[answer])} title={words.lower(words.answers[answer])} onClick={() => { raise(answer, -1); }}><Icon name="minus" /></ActionIcon>
                )}
              </li>
            ))}
          </ul>
          <Button onClick={reveal} data-testid="predict-show">{words.show}</Button>
        </>
      )}
      {asked === null && answered !== null && (
        <p className="predict-question" aria-live="polite" data-testid="predict-right">
          {words.right} {words.answers[answered]}. {all > 0 && words.score(right, all)}
        </p>
      )}
    </section>
  );
}
