/** The store of what the reader has chosen: selection, language, how messages are shown, which panel is open. */
import { create } from "zustand";
import { choicesIn } from "./address";
import { keep, keptIn, type Kept } from "./kept";

export type Selection = { type: "node"; name: string } | { type: "wave" | "task"; id: string } | null;
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
  language: navigator.language.startsWith("de") ? "de" : "en",
  messages: prefersLessMotion() ? "arrows" : "dots",
});

function addressed(): Partial<View> {
  const { language, messages, stage, tab, taskView, balancerWaves, selection } = choicesIn(location.search);
  const said = { language, messages, stage, tab, taskView, balancerWaves, selection };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

export const useView = create<View>()(() => ({
  ...usual(),
  selection: null,
  hovered: null,
  stage: false,
  tab: "nodes",
  taskView: "list",
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

const NEXT_VIEW: Record<MessageView, MessageView> = { dots: "arrows", arrows: "off", off: "dots" };
export const nextMessageView = (): void => {
  useView.setState(({ messages }) => ({ messages: NEXT_VIEW[messages] }));
};
