/** The store of the playback: which wave is on the stage, where in its score we are, and how fast it goes. */
import { create } from "zustand";
import type { Wave, WaveEvents } from "../api/types";
import { SPEEDS, advance } from "./clock";
import { nextMoment, phasesAt } from "./moment";
import { compose, type Pace, type Phase, type Score } from "./score";

export type PlaybackState = "empty" | "loading" | "playing" | "paused" | "ended";

interface PlaybackStore {
  wave: Wave | null;
  events: WaveEvents | null;
  score: Score | null;
  position: number;
  state: PlaybackState;
  speed: number;
  pace: Pace;
}

export const usePlayback = create<PlaybackStore>()(() => ({
  wave: null,
  events: null,
  score: null,
  position: 0,
  state: "empty",
  speed: SPEEDS.start,
  pace: "hops",
}));

const { getState, setState } = usePlayback;

export const showLoading = (wave: Wave): void => {
  setState({ wave, events: null, score: null, position: 0, state: "loading" });
};

export const play = (events: WaveEvents): void => {
  const score = compose(events, getState().pace);
  setState({ wave: events.wave, events, score, position: 0, state: "playing" });
};

export const clear = (): void => {
  setState({ wave: null, events: null, score: null, position: 0, state: "empty" });
};

export const setPace = (pace: Pace): void => {
  const { events, score, position } = getState();
  if (!events || !score) {
    setState({ pace });
    return;
  }
  const next = compose(events, pace);
  setState({ pace, score: next, position: (position / score.length) * next.length });
};

export const setSpeed = (speed: number): void => { setState({ speed }); };

/** Plays, pauses, or starts again from the end. */
export const toggle = (): void => {
  const { state, score } = getState();
  if (!score) return;
  if (state === "playing") setState({ state: "paused" });
  else setState({ state: "playing", ...(state === "ended" && { position: 0 }) });
};

export const seek = (position: number): void => {
  const { score } = getState();
  if (score) setState({ position, state: position >= score.length ? "ended" : "paused" });
};

export const step = (direction: 1 | -1): void => {
  const { score, position } = getState();
  if (score) seek(nextMoment(score, position, direction));
};

/** Moves on by `elapsedMs` of wall time; called once per animation frame while playing. */
export const tick = (elapsedMs: number): void => {
  const { state, score, position, speed } = getState();
  if (state !== "playing" || !score) return;
  const next = advance(position, elapsedMs, speed, score.length);
  setState({ position: next, ...(next >= score.length && { state: "ended" as const }) });
};

let known: { score: Score; position: number; phases: Map<string, Phase> } | null = null;

/** What each node, by name, has done at the place where the playback stands; computed once per place. */
export function currentPhases(): ReadonlyMap<string, Phase> | null {
  const { score, position } = getState();
  if (!score) return null;
  if (known?.score !== score || known.position !== position) {
    const phases = phasesAt(score, position);
    known = { score, position, phases: new Map(score.nodes.map((name, i) => [name, phases[i] ?? "idle"])) };
  }
  return known.phases;
}
