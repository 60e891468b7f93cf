/** The keys of the page: one table from key to action. Keys typed into a field stay there. */
import { flushSync } from "react-dom";
import { rebalance, wave } from "./actions/commands";
import { camera } from "../../graph/viewport";
import { step, toggle } from "../../playback/store";
import { nextMessageView, select, useView } from "../../state/view";

const KEYS: Record<string, () => void> = {
  e: () => void wave("echo", null),
  f: () => void wave("finn-lab", null),
  g: () => void wave("finn-full", null),
  r: () => void rebalance(),
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
    flushSync(() => { useView.setState({ tab: "nodes", stage: false }); });
    document.querySelector<HTMLInputElement>("[data-search]")?.focus();
  },
  Escape: () => { select(null); },
};

/** By the place of a key, for keyboards with other letters: Greek, Cyrillic, Hebrew and so on. */
const PLACES: Record<string, string> = {
  KeyE: "e", KeyF: "f", KeyG: "g", KeyR: "r", KeyM: "m", KeyP: "p", Digit0: "0", Numpad0: "0", Space: " ",
  Comma: ",", Period: ".", Slash: "/", NumpadAdd: "+", Equal: "+", NumpadSubtract: "-", Minus: "-", NumpadDivide: "/",
};

/** What a key means: what is written on it, where that is one of ours; else where it lies. */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string | null {
  const written = key.length === 1 ? key.toLowerCase() : key;
  if (written in KEYS) return written;
  const place = PLACES[code];
  // A letter of ours is where it is written, not where it would lie on another keyboard.
  if (place === undefined || /^[a-z]$/u.test(written)) return null;
  return code === "Slash" && shiftKey ? "?" : place;
}

/** Keys that a focused button, field or menu needs for itself. */
const OWN_KEYS = "input, select, textarea, [role='menu'], [role='dialog'], [role='slider']";
const PRESSABLE = "button, a, summary, tr, [role='tab']";

export function listen(): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(OWN_KEYS)) return;
    if (event.key === " " && target?.closest(PRESSABLE)) return;
    const key = keyOf(event);
    const action = key === null ? undefined : KEYS[key];
    if (!action || event.isComposing) return;
    event.preventDefault();
    action();
  };
  window.addEventListener("keydown", press);
  return () => { window.removeEventListener("keydown", press); };
}
