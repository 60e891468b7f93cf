/** The store of the playback: which wave is on the stage, where in its schedule we are, and how fast it goes. */
import { create } from "zustand";
import type { Wave, WaveEvents } from "../api/types";
import { SPEEDS, advance } from "./clock";
import { nextMoment, phasesAt } from "./moment";
import { scheduleOf, type Pace, type Phase, type Schedule } from "./schedule";

export type PlaybackState = "empty" | "loading" | "playing" | "paused" | "ended";

interface PlaybackStore {
  wave: Wave | null;
  events: WaveEvents | null;
  schedule: Schedule | null;
  position: number;
  state: PlaybackState;
  speed: number;
  pace: Pace;
}

export const usePlayback = create<PlaybackStore>()(() => ({
  wave: null,
  events: null,
  schedule: null,
  position: 0,
  state: "empty",
  speed: SPEEDS.start,
  pace: "hops",
}));

const { getState, setState } = usePlayback;

export const showLoading = (wave: Wave): void => {
  setState({ wave, events: null, schedule: null, position: 0, state: "loading" });
};

export const play = (events: WaveEvents): void => {
  const schedule = scheduleOf(events, getState().pace);
  setState({ wave: events.wave, events, schedule, position: 0, state: "playing" });
};

export const clear = (): void => {
  setState({ wave: null, events: null, schedule: null, position: 0, state: "empty" });
};

export const setPace = (pace: Pace): void => {
  const { events, schedule, position } = getState();
  if (!events || !schedule) {
    setState({ pace });
    return;
  }
  const next = scheduleOf(events, pace);
  setState({ pace, schedule: next, position: (position / schedule.length) * next.length });
};

export const setSpeed = (speed: number): void => { setState({ speed }); };

/** Plays, pauses, or starts again from the end. */
export const toggle = (): void => {
  const { state, schedule } = getState();
  if (!schedule) return;
  if (state === "playing") setState({ state: "paused" });
  else setState({ state: "playing", ...(state === "ended" && { position: 0 }) });
};

export const seek = (position: number): void => {
  const { schedule } = getState();
  if (schedule) setState({ position, state: position >= schedule.length ? "ended" : "paused" });
};

export const step = (direction: 1 | -1): void => {
  const { schedule, position } = getState();
  if (schedule) seek(nextMoment(schedule, position, direction));
};

/** Moves on by `elapsedMs` of wall time; called once per animation frame while playing. */
export const tick = (elapsedMs: number): void => {
  const { state, schedule, position, speed } = getState();
  if (state !== "playing" || !schedule) return;
  const next = advance(position, elapsedMs, speed, schedule.length);
  setState({ position: next, ...(next >= schedule.length && { state: "ended" as const }) });
};

let known: { schedule: Schedule; position: number; phases: Map<string, Phase> } | null = null;

/** What each node, by name, has done at the place where the playback stands; computed once per place. */
export function currentPhases(): ReadonlyMap<string, Phase> | null {
  const { schedule, position } = getState();
  if (!schedule) return null;
  if (known?.schedule !== schedule || known.position !== position) {
    const phases = phasesAt(schedule, position);
    known = { schedule, position, phases: new Map(schedule.nodes.map((name, i) => [name, phases[i] ?? "idle"])) };
  }
  return known.phases;
}
