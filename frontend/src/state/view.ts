/** The store of what the reader has chosen: selection, language, how messages are shown, which panel is open. */
import { create } from "zustand";
import type { Wave } from "../api/types";
import { languageAmong } from "./language";
import { choicesIn } from "./address";
import { keep, keptIn, type Kept } from "./kept";

/** What the drawer shows; of a wave the second of its start too, for another run of the lab gives its id to another one. */
export type Selection =
  | { type: "node"; name: string }
  | { type: "wave"; id: string; started: number | null }
  | { type: "task"; id: string }
  | null;
export type MessageView = "dots" | "arrows" | "off";
export type Tab = "actions" | "nodes" | "waves" | "tasks" | "events" | "timeline";
/** What the panel of tasks shows. */
export type TaskView = "list" | "executors" | "submit";

interface View extends Kept {
  selection: Selection;
  /** Index of the node under the pointer. */
  hovered: number | null;
  /** Only the network, for the projector. */
  stage: boolean;
  tab: Tab;
  taskView: TaskView;
  /** What is searched for among the executors. */
  executorText: string;
  help: boolean;
  menu: { name: string; x: number; y: number } | null;
  /** Waves of the balancer are in the list. */
  balancerWaves: boolean;
}

const STORAGE = "topowave.view";

export const prefersLessMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function stored(): Partial<Kept> {
  try {
    return keptIn(localStorage.getItem(STORAGE), prefersLessMotion());
  } catch {
    return {};
  }
}

/** What a reader gets who has chosen nothing. */
export const usual = (): Pick<View, "language" | "messages"> => ({
  language: languageAmong(navigator.languages),
  messages: prefersLessMotion() ? "arrows" : "dots",
});

function addressed(): Partial<View> {
  const { language, messages, stage, tab, taskView, executorText, balancerWaves, selection } = choicesIn(location.search);
  const said = { language, messages, stage, tab, taskView, executorText, balancerWaves, selection };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

export const useView = create<View>()(() => ({
  ...usual(),
  selection: null,
  hovered: null,
  stage: false,
  tab: "nodes",
  taskView: "list",
  executorText: "",
  help: false,
  menu: null,
  balancerWaves: true,
  shortcuts: true,
  ...stored(),
  ...addressed(),
}));

const KEPT: readonly (keyof Kept)[] = ["language", "messages", "shortcuts"];

useView.subscribe((now, before) => {
  const changed = KEPT.filter((key) => now[key] !== before[key]);
  if (changed.length === 0) return;
  try {
    const changes = Object.fromEntries(changed.map((key) => [key, now[key]]));
    localStorage.setItem(STORAGE, keep(localStorage.getItem(STORAGE), changes));
  } catch {
    // A browser that keeps nothing forgets the choice; nothing else is lost.
  }
});

export const select = (selection: Selection): void => { useView.setState({ selection }); };
export const selectWave = ({ id, started }: Pick<Wave, "id" | "started">): void => {
  select({ type: "wave", id, started: Math.floor(started) });
};

const NEXT_VIEW: Record<MessageView, MessageView> = { dots: "arrows", arrows: "off", off: "dots" };
export const nextMessageView = (): void => {
  useView.setState(({ messages }) => ({ messages: NEXT_VIEW[messages] }));
};
