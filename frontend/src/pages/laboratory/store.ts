/** What the page looks at: a run, where in it, and how it is shown. */
import { create } from "zustand";
import { coneOf, type Cone } from "../../spacetime/causality";
import type { Across, Down } from "../../spacetime/layout";
import { follow, indexOf, type Index } from "../../spacetime/moment";
import type { Line, Recording } from "../../spacetime/recording";
import { Growing } from "../../spacetime/steps";
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
  /** Puts what comes behind what there is. */
  growing: Growing;
}

/** Whoever can go on beyond what is recorded. */
export interface More {
  /** Whether nothing comes any more. */
  ended: () => boolean;
  /** One step on. */
  step: () => void;
  /** To the next event of a kind, or to the end. */
  run: (kind: string | null) => void;
  /** Records so many events more, for a run that plays. */
  fetch: (events: number) => void;
  /** What Space does in place of playing. */
  space?: () => void;
}

export type Shown = "split" | "stage" | "diagram";
/** Steps a second while it plays. */
export const SPEEDS = [1, 2, 5, 20, 100] as const;

interface Laboratory {
  opened: Opened | null;
  /** Null where all of the run is recorded. */
  more: More | null;
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
  opened: null, more: null, position: 0, playing: false, speed: 2, across: "depth", down: "network", shown: "split", coneOnly: false,
  hovered: null, column: COLUMN_PX.usual,
}));

const { getState, setState } = useLaboratory;

const lastOf = ({ index }: Opened): number => Math.max(0, index.run.steps.length - 1);

function indexed(recording: Recording): Pick<Opened, "index" | "growing"> {
  const growing = new Growing(recording);
  return { growing, index: indexOf(growing.run()) };
}

/** Opens a wave of those that were read; at a step, where one is named. */
export function open(source: string, waves: readonly TracedWave[], wave = waves[0]?.id ?? "", at = 0): void {
  const recording = waves.find(({ id }) => id === wave)?.recording ?? waves[0]?.recording;
  if (!recording) return;
  const opened: Opened = { source, waves, wave, recording, ...indexed(recording) };
  setState({ opened, more: null, position: Math.min(Math.max(0, at), lastOf(opened)), playing: false, hovered: null, coneOnly: false });
}

/** Takes another recording of the run that is open: it goes another way. */
export function renew(recording: Recording): void {
  const { opened } = getState();
  if (!opened) return;
  const waves = [{ id: opened.wave, recording }];
  setState({ opened: { ...opened, waves, recording, ...indexed(recording) }, hovered: null });
}

/** Goes on with the run that is open; takes as long as what comes, however much there is. */
export function grow(lines: readonly Line[]): void {
  const { opened } = getState();
  if (!opened) return;
  const from = opened.growing.add(lines);
  const index = follow(opened.index, opened.growing.run(), from);
  setState({ opened: { ...opened, index } });
}

export function close(): void {
  setState({ opened: null, more: null, position: 0, playing: false, hovered: null });
}

export function goTo(position: number): void {
  const { opened } = getState();
  if (opened) setState({ position: Math.min(Math.max(0, position), lastOf(opened)) });
}

/** One step on or back; to the same node's next or last one with `own`. */
export function stepBy(by: 1 | -1, own = false): void {
  const { opened, more, position } = getState();
  if (!opened) return;
  if (!own) {
    if (by === 1 && position >= lastOf(opened)) more?.step();
    goTo(position + by);
    return;
  }
  const { steps, ofNode } = opened.index.run;
  const mine = ofNode[steps[position]?.node ?? -1] ?? [];
  goTo(mine[mine.indexOf(position) + by] ?? position);
}

export function goToEnd(): void {
  const { opened, more } = getState();
  if (!opened) return;
  goTo(lastOf(opened));
  more?.run(null);
}

/** To the next step in which somebody decides; stays where there is none and none comes. */
export function goToDecision(): void {
  const { opened, more, position } = getState();
  const next = opened?.index.run.steps.findIndex(({ decided }, at) => at > position && decided.length > 0) ?? -1;
  if (next >= 0) goTo(next);
  else more?.run("decide");
}

/** Plays, from the beginning where it is at the end, or pauses. */
export function toggle(): void {
  const { opened, more, playing, position } = getState();
  if (!opened) return;
  const over = position >= lastOf(opened) && (more?.ended() ?? true);
  setState({ playing: !playing, position: !playing && over ? 0 : position });
}

/** Goes on by so many steps, as the clock says; the end stops it. */
export function tick(steps: number): void {
  const { opened, more, position } = getState();
  if (!opened) return;
  goTo(position + steps);
  if (getState().position < lastOf(opened)) return;
  if (more?.ended() ?? true) setState({ playing: false });
  else more?.fetch(steps);
}

let last: { run: Opened["index"]["run"]; step: number; cone: Cone } | null = null;

/** What led to a step and what it led to; kept, for it is asked for at every movement of the pointer. */
export function coneAt({ index: { run } }: Opened, step: number): Cone {
  if (last?.run !== run || last.step !== step) last = { run, step, cone: coneOf(run, step) };
  return last.cone;
}
