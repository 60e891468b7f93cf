/** The keys of the page: one table from key to action. Keys typed into a field stay there. */
import { flushSync } from "react-dom";
import { rebalance, wave } from "./actions/commands";
import { camera } from "../../graph/viewport";
import { step, toggle } from "../../playback/store";
import { translation } from "../../i18n/use-translation";
import { useLab } from "../../state/lab-store";
import { notify } from "../../state/notices";
import { nextMessageView, select, useView } from "../../state/view";
import { isCharacter, keyOf, type Key } from "./keys";

/** What asks something of the lab: while nobody is there a key does no more than its button. */
const asking = (ask: () => Promise<void>) => () => {
  const { lostTitle, lostDetail } = translation();
  if (useLab.getState().connection === "open") void ask();
  else notify("failed", lostTitle, lostDetail);
};

const ACTIONS: Record<Key, () => void> = {
  e: asking(() => wave("echo", null)),
  f: asking(() => wave("finn-lab", null)),
  g: asking(() => wave("finn-full", null)),
  r: asking(rebalance),
  " ": toggle,
  ",": () => { step(-1); },
  ".": () => { step(1); },
  m: nextMessageView,
  "0": () => { camera.order("fit"); },
  "+": () => { camera.order("in"); },
  "-": () => { camera.order("out"); },
  p: () => { useView.setState(({ stage }) => ({ stage: !stage })); },
  "?": () => { useView.setState({ help: true }); },
  "/": () => {
    // A drawer would lie over the field.
    flushSync(() => { useView.setState({ tab: "nodes", stage: false, selection: null }); });
    document.querySelector<HTMLInputElement>("[data-search]")?.focus();
  },
  Escape: () => { select(null); },
};

/** What types, or chooses by letters, needs all keys for itself; what is only pressed needs Space. */
const TYPES = "input:not([type='radio'], [type='checkbox']), select, textarea, [role='menu'], [role='dialog']";
const PRESSABLE = "button, input, a, summary, tr, [role='tab']";

export function listen(): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TYPES)) return;
    if (event.key === " " && target?.closest(PRESSABLE)) return;
    const key = keyOf(event);
    if (key === null || event.isComposing) return;
    if (isCharacter(key) && !useView.getState().shortcuts) return;
    event.preventDefault();
    ACTIONS[key]();
  };
  window.addEventListener("keydown", press);
  return () => { window.removeEventListener("keydown", press); };
}
