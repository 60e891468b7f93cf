/** What the page looks at: a run, where in it, and how it is shown. */
import { create } from "zustand";
import { coneOf, type Cone } from "../../spacetime/causality";
import type { Across, Down } from "../../spacetime/layout";
import { indexOf, meters, type Index, type Meter } from "../../spacetime/moment";
import type { Recording } from "../../spacetime/recording";
import { stepsOf } from "../../spacetime/steps";
import type { TracedWave } from "../../spacetime/trace-file";
import { COLUMN_PX } from "../../spacetime/view";

/** A run as the page goes through it. */
export interface Opened {
  /** The file's name, or the wave's id. */
  source: string;
  waves: readonly TracedWave[];
  wave: string;
  recording: Recording;
  index: Index;
  meters: readonly Meter[];
}

export type Shown = "split" | "stage" | "diagram";
/** Steps a second while it plays. */
export const SPEEDS = [1, 2, 5, 20, 100] as const;

interface Laboratory {
  opened: Opened | null;
  /** The last step that has happened; 0 is the first. */
  position: number;
  playing: boolean;
  speed: number;
  across: Across;
  down: Down;
  shown: Shown;
  /** Only what led to the step at the cursor, and what it led to. */
  coneOnly: boolean;
  /** The step under the pointer. */
  hovered: number | null;
  column: number;
}

export const useLaboratory = create<Laboratory>()(() => ({
  opened: null, position: 0, playing: false, speed: 2, across: "depth", down: "network", shown: "split", coneOnly: false,
  hovered: null, column: COLUMN_PX.usual,
}));

const { getState, setState } = useLaboratory;

const lastOf = ({ index }: Opened): number => Math.max(0, index.run.steps.length - 1);

/** Opens a wave of those that were read; at a step, where one is named. */
export function open(source: string, waves: readonly TracedWave[], wave = waves[0]?.id ?? "", at = 0): void {
  const recording = waves.find(({ id }) => id === wave)?.recording ?? waves[0]?.recording;
  if (!recording) return;
  const index = indexOf(stepsOf(recording));
  const opened: Opened = { source, waves, wave, recording, index, meters: meters(index.run) };
  setState({ opened, position: Math.min(Math.max(0, at), lastOf(opened)), playing: false, hovered: null, coneOnly: false });
}

export function close(): void {
  setState({ opened: null, position: 0, playing: false, hovered: null });
}

export function goTo(position: number): void {
  const { opened } = getState();
  if (opened) setState({ position: Math.min(Math.max(0, position), lastOf(opened)) });
}

/** One step on or back; to the same node's next or last one with `own`. */
export function stepBy(by: 1 | -1, own = false): void {
  const { opened, position } = getState();
  if (!opened) return;
  if (!own) {
    goTo(position + by);
    return;
  }
  const { steps, ofNode } = opened.index.run;
  const mine = ofNode[steps[position]?.node ?? -1] ?? [];
  goTo(mine[mine.indexOf(position) + by] ?? position);
}

export function goToEnd(): void {
  const { opened } = getState();
  if (opened) goTo(lastOf(opened));
}

/** To the next step in which somebody decides; stays where there is none. */
export function goToDecision(): void {
  const { opened, position } = getState();
  const next = opened?.index.run.steps.findIndex(({ decided }, at) => at > position && decided.length > 0) ?? -1;
  if (next >= 0) goTo(next);
}

/** Plays, from the beginning where it is at the end, or pauses. */
export function toggle(): void {
  const { opened, playing, position } = getState();
  if (!opened) return;
  setState({ playing: !playing, position: !playing && position >= lastOf(opened) ? 0 : position });
}

/** Goes on by so many steps, as the clock says; the end stops it. */
export function tick(steps: number): void {
  const { opened, position } = getState();
  if (!opened) return;
  goTo(position + steps);
  if (getState().position >= lastOf(opened)) setState({ playing: false });
}

let last: { run: Opened["index"]["run"]; step: number; cone: Cone } | null = null;

/** What led to a step and what it led to; kept, for it is asked for at every movement of the pointer. */
export function coneAt({ index: { run } }: Opened, step: number): Cone {
  if (last?.run !== run || last.step !== step) last = { run, step, cone: coneOf(run, step) };
  return last.cone;
}
