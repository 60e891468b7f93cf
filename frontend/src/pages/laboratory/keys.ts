/** The keys of the page; what is written into a field stays there. */
import { stepOn } from "./predict/store";
import { undo } from "./session";
import { goTo, goToDecision, goToEnd, stepBy, toggle, useLaboratory } from "./store";

const FIELDS = "input, select, textarea, [role='slider'], [role='menu'], [role='dialog']";
const PRESSABLE = "button, a, summary, [role='radio']";

const ACTIONS = new Map<string, (own: boolean) => void>([
  ["ArrowRight", (own) => { if (own) stepBy(1, true); else stepOn(); }],
  ["ArrowLeft", (own) => { stepBy(-1, own); }],
  ["Home", () => { goTo(0); }],
  ["End", goToEnd],
  [" ", () => { (useLaboratory.getState().more?.space ?? toggle)(); }],
  ["KeyD", goToDecision],
]);

export function listen(): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(FIELDS)) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.code !== "KeyZ" || event.shiftKey) return;
      event.preventDefault();
      void undo();
      return;
    }
    if (event.key === " " && target?.closest(PRESSABLE)) return;
    // A letter is known by its place, on whatever keyboard.
    const action = ACTIONS.get(event.key) ?? ACTIONS.get(event.code);
    if (!action) return;
    event.preventDefault();
    action(event.shiftKey);
  };
  window.addEventListener("keydown", press);
  return () => { window.removeEventListener("keydown", press); };
}
