/** The keys of the drawing; those that take steps back are the whole page's. */
import type { KeyboardEvent } from "react";
import { placeBeside } from "./camera";
import { arrowOf, isArrow, towards, type Arrow } from "./direction";
import { nodeOf, type DrawnNode } from "./network";
import { add, beginLink, choose, chooseNode, chosenNode, drawnNow, endLink, move, redo, removeChosen, stopLink, undo, useWorkshop } from "./store";

/** How far a node goes at a press (units). */
const STEP = 20;

/** Adds a node beside the chosen one, and links both. */
export function addBeside(): void {
  const { camera } = useWorkshop.getState();
  const near = nodeOf(drawnNow(), chosenNode(useWorkshop.getState()));
  const { x, y } = placeBeside(drawnNow(), near, camera);
  add(x, y, near?.id ?? null);
}

function go(arrow: Arrow, chosen: DrawnNode | undefined, shift: boolean): void {
  const { nodes } = drawnNow();
  if (chosen && shift) {
    const [dx, dy] = arrowOf(arrow);
    move(chosen.id, chosen.x + dx * STEP, chosen.y + dy * STEP);
    return;
  }
  const next = chosen ? towards(nodes, chosen, arrow) : nodes[0];
  if (next) chooseNode(next.id);
}

/** @param edit leads to the fields of the chosen node. */
export function onDrawingKey(event: KeyboardEvent, edit: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { from } = useWorkshop.getState();
  const chosen = nodeOf(drawnNow(), chosenNode(useWorkshop.getState()));
  const acts: Readonly<Record<string, (() => void) | undefined>> = {
    KeyN: addBeside,
    KeyL: () => { if (chosen) beginLink(chosen.id); },
    Delete: removeChosen,
    Backspace: removeChosen,
    Escape: () => { if (from === null) choose(null); else stopLink(); },
    Enter: () => { if (!chosen) return; if (from === null) edit(); else endLink(chosen.id); },
    F2: edit,
    Home: () => { const [root] = drawnNow().nodes; if (root) chooseNode(root.id); },
  };
  // A letter is known by its place, on whatever keyboard.
  const act = isArrow(event.key) ? () => { go(event.key as Arrow, chosen, event.shiftKey); } : acts[event.key] ?? acts[event.code];
  if (!act) return;
  event.preventDefault();
  act();
}

const FIELDS = "input, select, textarea, [role='dialog']";

/** Takes steps back and does them again, wherever nothing is written; returns how to stop. */
export function listenForSteps(): () => void {
  const press = (event: globalThis.KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(FIELDS)) return;
    const back = event.code === "KeyZ" && !event.shiftKey;
    const on = event.code === "KeyY" || (event.code === "KeyZ" && event.shiftKey);
    if (!back && !on) return;
    event.preventDefault();
    if (back) undo();
    else redo();
  };
  window.addEventListener("keydown", press);
  return () => { window.removeEventListener("keydown", press); };
}
