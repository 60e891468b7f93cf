/** Before a step is shown it is asked what the node will do: which step, who answered what, what was right so far. */
import { create } from "zustand";
import { stepBy, useLaboratory } from "../store";
import { ANSWERS, canBeAsked, rightAnswer, type Answer } from "./question";

type Hands = Readonly<Record<Answer, number>>;

interface Prediction {
  on: boolean;
  /** The step that is asked about; null while none is. */
  asked: number | null;
  /** The next step is not known yet, and has been asked for. */
  fetching: boolean;
  /** The step that was asked about last is shown. */
  answered: Answer | null;
  hands: Hands;
  /** Of all questions that are answered: hands that were right, and all. */
  right: number;
  all: number;
}

const NOBODY: Hands = { nothing: 0, one: 0, several: 0, decides: 0, both: 0 };
const OFF: Prediction = { on: false, asked: null, fetching: false, answered: null, hands: NOBODY, right: 0, all: 0 };

export const usePrediction = create<Prediction>()(() => OFF);

const { getState, setState } = usePrediction;

export function predict(on: boolean): void {
  setState({ ...OFF, on });
}

/** Raises a hand for an answer, or takes one down. */
export function raise(answer: Answer, by: 1 | -1): void {
  const { hands } = getState();
  setState({ hands: { ...hands, [answer]: Math.max(0, hands[answer] + by) } });
}

/** One step on; where it is to be guessed it is asked about first, and shown by the next press. */
export function stepOn(): void {
  const { on, asked } = getState();
  if (!on) stepBy(1);
  else if (asked === null) ask();
  else reveal();
}

function ask(): void {
  const { opened, more, position } = useLaboratory.getState();
  if (!opened) return;
  const { run } = opened.index;
  if (run.steps.length === 0) {
    // A run of one's own stands before its first step, which is its initiator's start.
    stepBy(1);
  } else if (position + 1 < run.steps.length) {
    setState({ fetching: false });
    if (canBeAsked(run, position + 1)) setState({ asked: position + 1, answered: null, hands: NOBODY });
    else stepBy(1);
  } else if (more && !more.ended()) {
    setState({ fetching: true });
    more.fetch(1);
  }
}

/** Shows what the node does. */
export function reveal(): void {
  const { asked, hands, right, all } = getState();
  const { opened } = useLaboratory.getState();
  if (asked === null || !opened) return;
  const answered = rightAnswer(opened.index.run, asked);
  setState({
    asked: null, answered, right: right + hands[answered], all: all + ANSWERS.reduce((sum, each) => sum + hands[each], 0),
  });
  stepBy(1);
}

useLaboratory.subscribe((state, before) => {
  const { on, asked, fetching, answered } = getState();
  if (!on) return;
  if (state.opened?.source !== before.opened?.source) predict(state.opened !== null);
  else if (fetching && state.opened !== before.opened) ask();
  // Whoever goes elsewhere leaves the question, and the answer that stood there.
  else if (state.position !== before.position && (answered === null || asked !== null || state.position !== before.position + 1)) setState({ asked: null, fetching: false, answered: null });
});
