/** The store of the playback: which wave is on the stage, where in its schedule we are, and how fast it goes. */
import { create } from "zustand";
import type { Wave, WaveEvents } from "../api/types";
import { addressed } from "../state/address";
import type { Network } from "../state/lab";
import { SPEEDS, advance } from "./clock";
import { nodesAfter, phasesAfter, stepsUntil } from "./moment";
import { scheduleOf, type NodeThen, type Pace, type Phase, type Schedule } from "./schedule";

/** `running`: the wave on the stage is not over; it is shown as far as it is known. */
export type PlaybackState = "empty" | "loading" | "running" | "playing" | "paused" | "ended";

interface PlaybackStore {
  wave: Wave | null;
  events: WaveEvents | null;
  /** The network on which the wave ran. */
  network: Network | null;
  schedule: Schedule | null;
  position: number;
  /** How many steps of the schedule are over: the position says it, but of several steps at one place. */
  steps: number;
  state: PlaybackState;
  speed: number;
  pace: Pace;
}

const NOTHING = { wave: null, events: null, network: null, schedule: null, position: 0, steps: 0 };

export const usePlayback = create<PlaybackStore>()(() => {
  const { speed = SPEEDS.start, pace = "hops" } = addressed();
  return { ...NOTHING, state: "empty", speed, pace };
});

const { getState, setState } = usePlayback;

export const showLoading = (wave: Wave): void => { setState({ ...NOTHING, wave, state: "loading" }); };

/** Plays from the start, or shows the end where the reader has seen the wave run. */
export const play = (events: WaveEvents, network: Network, from: "start" | "end" = "start"): void => {
  const schedule = scheduleOf(events, getState().pace);
  const whole = { position: schedule.length, steps: schedule.steps.length, state: "ended" as const };
  setState({
    wave: events.wave, events, network, schedule,
    ...(from === "end" ? whole : { position: 0, steps: 0, state: "playing" as const }),
  });
};

/** Shows a wave that still runs, as far as its events are known. */
export const follow = (events: WaveEvents, network: Network): void => {
  const schedule = scheduleOf(events, "measured");
  setState({ wave: events.wave, events, network, schedule, position: schedule.length, steps: schedule.steps.length, state: "running" });
};

export const clear = (): void => { setState({ ...NOTHING, state: "empty" }); };

const at = (schedule: Schedule, position: number) => ({ position, steps: stepsUntil(schedule, position) });

export const setPace = (pace: Pace): void => {
  const { events, schedule, position, state } = getState();
  if (!events || !schedule || state === "running") {
    setState({ pace });
    return;
  }
  const next = scheduleOf(events, pace);
  setState({ pace, schedule: next, ...at(next, (position / schedule.length) * next.length) });
};

export const setSpeed = (speed: number): void => { setState({ speed }); };

/** Plays, pauses, or starts again from the end. */
export const toggle = (): void => {
  const { state, schedule } = getState();
  if (!schedule || state === "running") return;
  if (state === "playing") setState({ state: "paused" });
  else setState({ state: "playing", ...(state === "ended" && { position: 0, steps: 0 }) });
};

export const seek = (position: number): void => {
  const { schedule, state } = getState();
  if (!schedule || state === "running") return;
  setState({ ...at(schedule, position), state: position >= schedule.length ? "ended" : "paused" });
};

/** One event on, or one back: exactly one, also where several happen at one place. */
export const step = (direction: 1 | -1): void => {
  const { schedule, steps, state } = getState();
  if (!schedule || state === "running") return;
  const next = Math.min(schedule.steps.length, Math.max(0, steps + direction));
  setState({
    position: schedule.steps[next - 1]?.at ?? 0, steps: next, state: next === schedule.steps.length ? "ended" : "paused",
  });
};

/** Moves on by `elapsedMs` of wall time; called once per animation frame while playing. */
export const tick = (elapsedMs: number): void => {
  const { state, schedule, position, steps, speed } = getState();
  if (state !== "playing" || !schedule) return;
  const next = advance(position, elapsedMs, speed, schedule.length);
  const moved = at(schedule, next);
  // After single steps the place may be that of steps that are still to come: never back.
  setState({ ...moved, steps: Math.max(steps, moved.steps), ...(next >= schedule.length && { state: "ended" as const }) });
};

interface Known {
  schedule: Schedule;
  steps: number;
  phases: readonly Phase[];
  nodes: readonly NodeThen[];
}

let known: Known | null = null;

/** What each node, by its number in the recorded network, has done and was where the playback stands; computed once per step. */
export function nodesNow(): Known | null {
  const { schedule, steps } = getState();
  if (!schedule) return null;
  if (known?.schedule !== schedule || known.steps !== steps) {
    known = { schedule, steps, phases: phasesAfter(schedule, steps), nodes: nodesAfter(schedule, steps) };
  }
  return known;
}
