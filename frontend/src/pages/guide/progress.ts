/** How far the reader is: which steps are done, and what was so when each began. Kept for this tab. */
import { create } from "zustand";
import { usePlayback } from "../../playback/store";
import { useLab } from "../../state/lab-store";
import { useView } from "../../state/view";
import { beginOf, isDone, STEPS, type Begin, type Step } from "./steps";

interface Progress {
  done: readonly Step[];
  begun: Readonly<Partial<Record<Step, Begin>>>;
  filmsEnded: number;
}

const STORAGE = "topowave.guide";
/** Films whose end counts: of Echo, which the guide explains. */
const FILM = "echo";

function stored(): readonly Step[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(STORAGE) ?? "[]");
    return Array.isArray(found) ? STEPS.filter((step) => found.includes(step)) : [];
  } catch {
    return [];
  }
}

export const useProgress = create<Progress>()(() => ({ done: stored(), begun: {}, filmsEnded: 0 }));

const { getState, setState } = useProgress;

/** Looks whether the step that is shown is done by now. */
function judge(step: Step): void {
  const { lab } = useLab.getState();
  if (!lab) return;
  const { begun, filmsEnded, done } = getState();
  const begin = begun[step];
  if (!begin) {
    // Moves that came of the tasks of the step before count as well: the balancer may be quicker than the reader.
    const from = step === "rebalance" ? begun.tasks : undefined;
    setState({ begun: { ...begun, [step]: from ?? beginOf({ lab, filmsEnded }) } });
    return;
  }
  if (done.includes(step) || !isDone(step, { lab, selection: useView.getState().selection, filmsEnded }, begin)) return;
  const now = STEPS.filter((one) => one === step || done.includes(one));
  setState({ done: now });
  try {
    sessionStorage.setItem(STORAGE, JSON.stringify(now));
  } catch {
    // Then a reload forgets it.
  }
}

/** Watches the lab while a step is shown; returns how to stop. */
export function watchStep(step: Step): () => void {
  const look = () => { judge(step); };
  look();
  const stops = [useLab.subscribe(look), useView.subscribe(look), useProgress.subscribe(look)];
  return () => { for (const stop of stops) stop(); };
}

/** Counts the films that come to their end; returns how to stop. */
export const watchFilms = (): (() => void) =>
  usePlayback.subscribe(({ state, wave }, before) => {
    const seen = before.state === "playing" || before.state === "paused" || before.state === "running";
    if (state === "ended" && seen && wave?.algorithm === FILM) setState(({ filmsEnded }) => ({ filmsEnded: filmsEnded + 1 }));
  });
