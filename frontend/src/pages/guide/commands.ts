/** What the guide's buttons ask of the lab. */
import { configure, configureOnLeaving } from "../../api/rest";
import { replay } from "../../playback/autoplay";
import { usePlayback } from "../../playback/store";
import { useLab } from "../../state/lab-store";
import { perform } from "../../state/notices";
import { translation } from "../../i18n/use-translation";
import { signal, wave } from "../lab/actions/commands";
import { SLOW_MS } from "./steps";

/** The delay that links had before the guide made them slow (ms); null while it has not. */
let before: number | null = null;

const setDelay = (ms: number) => perform(() => configure({ link_delay: ms }), null, translation().failed);

/** Starts a wave in which there is time to press. */
export async function startSlowly(): Promise<void> {
  const { lab } = useLab.getState();
  if (!lab) return;
  if (lab.settings.link_delay !== SLOW_MS) {
    before ??= lab.settings.link_delay;
    if ((await setDelay(SLOW_MS)) === null) return;
  }
  await wave("echo", null);
}

/** Gives the links their own speed back, if it was the guide that took it. */
export async function beQuick(): Promise<void> {
  const now = useLab.getState().lab?.settings.link_delay ?? 0;
  const wanted = before ?? (now >= SLOW_MS ? 0 : null);
  before = null;
  if (wanted !== null && wanted !== now) await setDelay(wanted);
}

export async function startQuickly(): Promise<void> {
  await beQuick();
  await wave("echo", null);
}

/** What the guide has slowed down it does not leave so behind, whether by a step to another page or by closing the tab; returns what to do at the end. */
export function watchLeaving(): () => void {
  const leave = () => { if (before !== null) void configureOnLeaving({ link_delay: before }); };
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("pagehide", leave);
    if (before !== null) void beQuick();
  };
}

export const kill = (node: string): Promise<void> => signal(node, "kill");

/** Plays the last Echo wave once more; starts one where there is none. */
export async function playAgain(): Promise<void> {
  const shown = usePlayback.getState().wave;
  const last = useLab.getState().lab?.waves.findLast(({ purpose, algorithm, state }) => purpose === null && algorithm === "echo" && state === "complete");
  const found = shown?.algorithm === "echo" && shown.state === "complete" ? shown : last;
  if (found) await perform(() => replay(found), null, translation().failed);
  else await wave("echo", null);
}
