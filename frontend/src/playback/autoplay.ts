/** Puts finished waves on the stage: always those started on this page, others when nothing is playing; never the balancer's. */
import { readWaveEvents } from "../api/rest";
import type { Wave, WaveEvents } from "../api/types";
import { useLab } from "../state/lab-store";
import { play, showLoading, usePlayback, clear } from "./store";

/** Nodes report their events in batches after the fact: the page asks again until all of them are there. */
const ASK_AGAIN_MS = 150;
const ASK_AT_MOST = 12;

const mine = new Set<string>();
let latest = 0;

/** Remember a wave that this page has started; it plays as soon as it is finished. */
export function expectWave(id: string): void {
  mine.add(id);
  const wave = useLab.getState().lab?.waves.find((known) => known.id === id);
  if (wave && wave.state !== "running") autoplay(wave);
}

const isWhole = (events: WaveEvents) => {
  if (events.not_kept) return true;
  const sends = events.event.reduce((sum, event) => sum + (event === "send" ? 1 : 0), 0);
  return sends > 0 && sends >= (events.wave.messages ?? 0);
};

/** Loads the events of a wave and plays them from the start. */
export async function replay(wave: Wave): Promise<void> {
  const turn = ++latest;
  showLoading(wave);
  try {
    for (let tries = 1; ; tries++) {
      const events = await readWaveEvents(wave.id);
      if (turn !== latest) return;
      if (isWhole(events) || tries >= ASK_AT_MOST) {
        play(events);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  } catch (error) {
    if (turn === latest) clear();
    throw error;
  }
}

function autoplay(wave: Wave): void {
  const startedHere = mine.delete(wave.id);
  const { state } = usePlayback.getState();
  if (!startedHere && (state === "playing" || state === "loading" || state === "paused")) return;
  replay(wave).catch(() => undefined);
}

/** Watches the stream for waves that end; returns how to stop. */
export function watchWaves(): () => void {
  return useLab.subscribe(({ lab }, { lab: before }) => {
    if (!lab || !before || lab.waves === before.waves) return;
    if (lab.network !== before.network) {
      clear();
      return;
    }
    const old = new Map(before.waves.map((wave) => [wave.id, wave.state]));
    const ended = lab.waves.filter(
      (wave) => wave.purpose === null && wave.state !== "running" && (old.get(wave.id) ?? "running") === "running",
    );
    const wave = ended.findLast((one) => mine.has(one.id)) ?? ended.at(-1);
    if (wave) autoplay(wave);
  });
}
