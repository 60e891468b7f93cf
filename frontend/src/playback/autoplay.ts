/**
 * Puts waves on the stage: those started on this page always, others when nothing is playing; never the balancer's.
 * A wave that is not over soon is followed while it runs; one that has ended is played from its recording.
 */
import { ActionError, readWaveEvents } from "../api/rest";
import type { Wave, WaveEvents } from "../api/types";
import { count } from "../i18n/format";
import { translation as words } from "../i18n/use-translation";
import { isReferred } from "../state/address";
import { useLab } from "../state/lab-store";
import { notify, perform } from "../state/notices";
import { useView } from "../state/view";
import { networkOf } from "./recorded-network";
import { clear, follow, play, showLoading, usePlayback } from "./store";
import { isWhole } from "./whole";

/** Nodes report their events in batches after the fact: the page asks again until all of them are there. */
const ASK_AGAIN_MS = 150;
const ASK_AT_MOST = 12;
/** Most waves are over before this; the others are followed, looking this often. */
const FOLLOW_AFTER_MS = 400;
const FOLLOW_EVERY_MS = 300;

const mine = new Set<string>();
/** Waves that the reader has started or called for. */
const chosen = new Set<string>();
/** Waves that the reader has seen running: their end is shown, not their start again. */
const followed = new Set<string>();
let latest = 0;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const knownWave = (id: string) => useLab.getState().lab?.waves.find((wave) => wave.id === id);
const recordedNetwork = (events: WaveEvents) => networkOf(events, useLab.getState().lab?.network ?? null);

/** Remember a wave that this page has started; it plays as soon as it is finished. */
export function expectWave(id: string): void {
  mine.add(id);
  chosen.add(id);
  const wave = knownWave(id);
  if (wave && wave.state !== "running") autoplay(wave);
}

/** Whether the reader has started or called for the wave; else it came by itself. */
export const isChosen = (id: string): boolean => chosen.has(id);

/** Plays a wave that the reader calls for. */
export async function replay(wave: Wave): Promise<void> {
  chosen.add(wave.id);
  await load(wave, "start");
}

/** Puts a wave on the stage again as it was, after a reload or Back; says so where the lab does not keep it. */
export async function restore({ id, started }: { id: string; started: number | null }): Promise<void> {
  const isAnother = (wave: Wave | undefined) => wave !== undefined && !isReferred({ id, started }, wave);
  const known = knownWave(id);
  if (isAnother(known)) {
    tellGone(id);
    return;
  }
  chosen.add(id);
  try {
    if (known?.state === "running") {
      mine.add(id);
      await followRunning(id, 0);
      return;
    }
    const { wave } = await readWaveEvents(id);
    if (isAnother(wave)) tellGone(id);
    else await load(wave, "end");
  } catch (error) {
    if (!(error instanceof ActionError && error.problem.status === 404)) throw error;
    tellGone(id);
  }
}

/** The stage is free, as it was at the start, and the reader knows why. */
function tellGone(id: string): void {
  leave();
  // The drawer says the same.
  const { selection } = useView.getState();
  if (selection?.type === "wave" && selection.id === id) return;
  notify("failed", words().waveGone(id), words().waveGoneDetail);
}

/** Empties the stage, also of what was about to come. */
export function leave(): void {
  latest++;
  clear();
}

/** Loads the events of a wave and plays them: from the start, or shows the end of one that was seen before. */
async function load(wave: Wave, from: "start" | "end"): Promise<void> {
  const turn = ++latest;
  if (from === "start") showLoading(wave);
  try {
    for (let tries = 1; ; tries++) {
      const events = await readWaveEvents(wave.id);
      if (turn !== latest) return;
      if (isWhole(events) || tries >= ASK_AT_MOST) {
        if (events.t_us.length === 0 && events.not_kept > 0) notify("failed", words().eventsGone, words().eventsGoneDetail);
        else if (events.not_kept > 0) notify("failed", words().eventsNotKept(count(events.not_kept)));
        play(events, recordedNetwork(events), events.t_us.length === 0 ? "end" : from);
        return;
      }
      await pause(ASK_AGAIN_MS);
    }
  } catch (error) {
    if (turn === latest) clear();
    throw error;
  }
}

/** Whether the reader is not looking at another wave. */
const stageIsFree = () => {
  const { state } = usePlayback.getState();
  return state === "empty" || state === "ended";
};

function autoplay(wave: Wave): void {
  const startedHere = mine.delete(wave.id);
  const shown = usePlayback.getState().wave?.id === wave.id && followed.has(wave.id);
  if (!startedHere && !shown && !stageIsFree()) return;
  void perform(() => load(wave, shown ? "end" : "start"), null, words().failed);
}

const isRunning = (id: string) => knownWave(id)?.state === "running";

/** Shows a running wave again and again, until it is over or the reader turns to something else. */
async function followRunning(id: string, afterMs = FOLLOW_AFTER_MS): Promise<void> {
  await pause(afterMs);
  if (!isRunning(id) || !(mine.has(id) || stageIsFree())) return;
  const turn = ++latest;
  while (isRunning(id)) {
    const events = await readWaveEvents(id);
    const { wave } = usePlayback.getState();
    if (turn !== latest || (followed.has(id) && wave?.id !== id)) return;
    if (events.wave.state !== "running") return;
    followed.add(id);
    follow(events, recordedNetwork(events));
    await pause(FOLLOW_EVERY_MS);
  }
}

/** Watches the stream for waves that run and that end; returns how to stop. */
export function watchWaves(): () => void {
  const seen = new Set<string>();
  return useLab.subscribe(({ lab }, { lab: before }) => {
    if (!lab || !before) return;
    const { state } = usePlayback.getState();
    // A recording goes on, on the network of its own time; what is over makes room for the new network.
    if (lab.network !== before.network && state !== "playing" && state !== "paused") clear();
    if (lab.waves === before.waves) return;
    // A lab that was started again gives the same ids to other waves.
    for (const known of [seen, followed]) for (const id of known) if (!lab.waves.some((wave) => wave.id === id)) known.delete(id);
    for (const { id, purpose, state: now } of lab.waves) {
      if (purpose !== null || now !== "running" || seen.has(id)) continue;
      seen.add(id);
      // What cannot be read now is read when the wave is over, and told then.
      followRunning(id).catch(() => undefined);
    }
    const old = new Map(before.waves.map((wave) => [wave.id, wave.state]));
    const ended = lab.waves.filter(
      (wave) => wave.purpose === null && wave.state !== "running" && (old.get(wave.id) ?? "running") === "running",
    );
    const wave = ended.findLast((one) => mine.has(one.id)) ?? ended.at(-1);
    if (wave) autoplay(wave);
  });
}
