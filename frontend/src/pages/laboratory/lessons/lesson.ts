/** A counterexample of the checker as a lesson: from `topowave check --open`, or looked for here. */
import { create } from "zustand";
import { layOut, type Layout } from "../../../spacetime/layout";
import { indexOf, type Index } from "../../../spacetime/moment";
import { Growing, type Run } from "../../../spacetime/steps";
import { readTrace } from "../../../spacetime/trace-file";
import type { Checked, FoundOrder, Lesson, OpenedSession, RightRun } from "../../../session/forms";
import { choose } from "../lanes/lanes";
import { begin, check, goToPosition, inquire, positionAt, useSession } from "../session";
import { useLaboratory, type Opened } from "../store";

/** The right algorithm, in the same order. */
export interface Right {
  title: string;
  /** How many events it has had after each of the counterexample. */
  positions: readonly number[];
  index: Index;
  layout: Layout;
}

interface State {
  /** The session that the lesson is of. */
  about: OpenedSession | null;
  lesson: Lesson | null;
  right: Right | null;
  /** Whether the right algorithm's diagram stands in the place of the own one. */
  rightShown: boolean;
  searching: boolean;
  /** What was gone through, where nothing was found. */
  nothing: Checked | null;
}

const NONE: State = { about: null, lesson: null, right: null, rightShown: false, searching: false, nothing: null };

export const useLesson = create<State>()(() => NONE);

interface Told extends FoundOrder {
  open: Readonly<Record<string, unknown>>;
}

function rightOf(form: RightRun | null): Right | null {
  const recording = form && readTrace(form.trace)[0]?.recording;
  if (!recording) return null;
  const index = indexOf(new Growing(recording).run());
  return { title: form.title, positions: form.positions, index, layout: layOut(index, "depth", "network") };
}

function teach({ lesson, right }: Pick<FoundOrder, "lesson" | "right">): void {
  if (!lesson) return;
  useLesson.setState({ ...NONE, about: useSession.getState().about, lesson, right: rightOf(right ?? null) });
  toBreak();
}

/** Opens what `topowave check --open` has found. Throws where that cannot be read. */
export async function openLesson(): Promise<void> {
  const answer = await fetch("/lesson.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`/lesson.json answered ${String(answer.status)}`);
  const told = (await answer.json()) as Told;
  await begin(told.open);
  teach(told);
}

/** Has the session look for an order in which its class breaks a condition. */
export async function lookForOrder(): Promise<void> {
  useLesson.setState({ searching: true, nothing: null });
  const found = await check();
  useLesson.setState({ searching: false });
  if (found?.lesson) teach(found);
  else if (found) useLesson.setState({ nothing: found.checked });
}

export const stopLooking = (): void => void inquire("stop");

/** To the event that breaks the condition, with only what led to it; nodes that have no part in it share a lane. */
export function toBreak(): void {
  const { lesson } = useLesson.getState();
  const { opened } = useLaboratory.getState();
  if (!lesson || !opened) return;
  goToPosition(lesson.position);
  useLaboratory.setState({ coneOnly: true, across: "depth" });
  const { network } = opened.index.run.recording;
  choose(network, { collapsed: withoutPart(lesson, opened.index.run) });
}

/** The nodes that neither led to the break, nor are where it is, nor are missing there. */
export function withoutPart({ past, node, missing }: Pick<Lesson, "past" | "node" | "missing">, { steps, recording }: Run): Set<number> {
  const events = new Set(past);
  const taking = new Set(steps.filter(({ line }) => events.has(line.position ?? -1)).map((step) => step.node));
  const named = new Set([node, ...missing]);
  return new Set(recording.network.names.flatMap((name, at) => (taking.has(at) || named.has(name) ? [] : [at])));
}

/** The arrow that is missing in the picture: from nodes to the step that did not wait for them. */
export function useAbsent(opened: Opened): { step: number; nodes: readonly number[] } | null {
  const lesson = useLesson(({ about, lesson }) => (about !== null && about === useSession.getState().about ? lesson : null));
  const { run } = opened.index;
  if (lesson?.condition !== "dependence") return null;
  const step = run.steps.findIndex(({ line }) => line.position === lesson.position);
  const names = run.recording.network.names;
  const onItsBranch = run.steps[step]?.decided.length ? names[run.steps[step].node] === lesson.node : false;
  return step < 0 || !onItsBranch ? null : { step, nodes: lesson.missing.map((name) => names.indexOf(name)).filter((node) => node >= 0) };
}

/** The step of the right algorithm at a step of the own run; -1 before its first. */
export function rightStep({ positions }: Right, step: number): number {
  const events = positionAt(step);
  return (positions[Math.min(events, positions.length - 1)] ?? 0) - 1;
}
