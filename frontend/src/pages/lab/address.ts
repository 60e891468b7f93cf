/** Keeps the page's address in step with the stores, so that a reload, a bookmark and Back lead to what was shown. */
import { translation } from "../../i18n/use-translation";
import { isChosen, leave, restore } from "../../playback/autoplay";
import { SPEEDS } from "../../playback/clock";
import { usePlayback } from "../../playback/store";
import { choicesIn, filterChoices, filtersIn, isElsewhere, searchFor, waveReference, waveReferred, type Choices } from "../../state/address";
import { useLab } from "../../state/lab-store";
import { perform } from "../../state/notices";
import { NO_FILTERS, useTaskFilters } from "../../state/task-filters";
import { usual, useView } from "../../state/view";

/** Browsers refuse more than some 100 changes of the address in 30 s: a slider that is drawn counts once. */
const WRITE_AFTER_MS = 100;

const USUAL: Choices = {
  ...usual(), ...filterChoices(NO_FILTERS), stage: false, tab: "nodes", taskView: "list", executorText: "", balancerWaves: true, selection: null, wave: null, pace: "hops", speed: SPEEDS.start,
};

/** Whether the lab's page has been open before in this tab. */
let wasHere = false;

/** Follows the stores and the browser's history; returns how to end that. */
export function watchAddress(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The wave of the address, until it is on the stage. */
  let awaited = choicesIn(location.search).wave ?? null;
  let turn = 0;

  const played = (): string | null => {
    const { wave } = usePlayback.getState();
    return wave && waveReference(wave);
  };

  const current = (): Choices => {
    const { language, messages, stage, tab, taskView, executorText, balancerWaves, selection } = useView.getState();
    const { pace, speed } = usePlayback.getState();
    return {
      ...filterChoices(useTaskFilters.getState()), language, messages, stage, tab, taskView, executorText, balancerWaves, selection,
      wave: awaited ?? played(), pace, speed,
    };
  };

  const write = () => {
    timer = undefined;
    const before: Choices = { ...USUAL, ...choicesIn(location.search) };
    const now = current();
    const search = searchFor(location.search, now, USUAL);
    if (search === searchFor(location.search, before, USUAL)) return;
    // A wave of somebody else that came by itself is no step of the reader's: Back does not lead through all of them.
    const cameByItself = now.wave !== null && !isChosen(waveReferred(now.wave).id);
    const stepped = isElsewhere(cameByItself ? { ...before, wave: now.wave } : before, now);
    history[stepped ? "pushState" : "replaceState"](null, "", `${location.pathname}${search}${location.hash}`);
  };
  const changed = () => { timer ??= setTimeout(write, WRITE_AFTER_MS); };

  /** Puts the wave of the address on the stage; one that the lab no longer keeps leaves the address. */
  const fetchWave = async () => {
    const mine = ++turn;
    const reference = awaited;
    if (reference !== null) await perform(() => restore(waveReferred(reference)), null, translation().failed);
    if (mine !== turn) return;
    awaited = null;
    changed();
  };

  const back = () => {
    clearTimeout(timer);
    timer = undefined;
    // How the reader likes it is no place: where the address says nothing of that, it stays.
    const { language: spoken, messages: liked } = useView.getState();
    const choices = { ...USUAL, language: spoken, messages: liked, ...choicesIn(location.search) };
    const { language, messages, stage, tab, taskView, executorText, balancerWaves, selection, wave, pace, speed } = choices;
    useView.setState({ language, messages, stage, tab, taskView, executorText, balancerWaves, selection });
    useTaskFilters.setState(filtersIn(choices));
    usePlayback.setState({ pace, speed });
    awaited = wave === played() ? null : wave;
    if (wave === null) leave();
    void fetchWave();
  };

  const start = (lab: unknown) => {
    if (!lab || turn > 0) return;
    void fetchWave();
  };
  const stops = [
    useView.subscribe(changed),
    useTaskFilters.subscribe(changed),
    usePlayback.subscribe(changed),
    useLab.subscribe(({ lab }) => { start(lab); }),
  ];
  window.addEventListener("popstate", back);
  // The stores began as the first address said; since then the reader may have been on other pages.
  if (wasHere) back();
  wasHere = true;
  changed();
  start(useLab.getState().lab);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("popstate", back);
    for (const stop of stops) stop();
  };
}
