/**
 * What fingers and mouse do in the drawing: a tap, a drag of a node, of a link, or of the sheet.
 *
 * Between pressing and letting go nothing is a step: only where it ends, something is done.
 */
import { useRef, useState, type PointerEvent } from "react";
import { onSheet, shifted, type Camera } from "./camera";
import { nodeOf } from "./network";
import { add, beginLink, choose, chooseNode, chosenNode, drawnNow, endLink, join, look, move, stopLink, useWorkshop } from "./store";

interface Press {
  pointer: number;
  at: { x: number; y: number };
  node: number | null;
  link: readonly [number, number] | null;
  /** Whether it has moved further than a finger trembles. */
  moved: boolean;
  camera: Camera;
  /** What follows it; the drawing may show that a moment later. */
  loose: Loose;
}

/** What follows the pointer: a node that is moved, or the loose end of a link. */
export type Loose = { kind: "node"; id: number; x: number; y: number } | { kind: "link"; from: number; x: number; y: number } | null;

/** So far a finger trembles (px). */
const STILL_PX = 6;

const idIn = (element: Element | null): number | null => {
  const id = element?.closest("[data-node]")?.getAttribute("data-node");
  return id === undefined || id === null ? null : Number(id);
};

function linkIn(element: Element | null): readonly [number, number] | null {
  const [a, b] = (element?.closest("[data-link]")?.getAttribute("data-link") ?? "").split(" ").map(Number);
  return a === undefined || b === undefined ? null : [a, b];
}

export function usePointer() {
  const press = useRef<Press | null>(null);
  const [loose, setLoose] = useState<Loose>(null);

  const place = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0 || press.current) return;
    const target = event.target instanceof Element ? event.target : null;
    press.current = { pointer: event.pointerId, at: place(event), node: idIn(target), link: linkIn(target), moved: false, camera: useWorkshop.getState().camera, loose: null };
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const now = press.current;
    if (now?.pointer !== event.pointerId) return;
    const { x, y } = place(event);
    const [dx, dy] = [x - now.at.x, y - now.at.y];
    now.moved ||= Math.hypot(dx, dy) > STILL_PX;
    if (!now.moved) return;
    const { mode, camera, size } = useWorkshop.getState();
    if (now.node === null) {
      if (mode !== "link") look(shifted(now.camera, dx, dy));
      return;
    }
    const to = onSheet(camera, size, x, y);
    if (mode === "link") {
      setLoose(now.loose = { kind: "link", from: now.node, ...to });
      return;
    }
    const node = nodeOf(drawnNow(), now.node);
    if (node) setLoose(now.loose = { kind: "node", id: now.node, x: node.x + Math.round(dx / camera.scale), y: node.y + Math.round(dy / camera.scale) });
  };

  const tap = ({ node, link, at }: Press) => {
    const { mode, from, camera, size } = useWorkshop.getState();
    if (node !== null) {
      if (mode === "link" && from === null) beginLink(node);
      else if (from !== null) endLink(node);
      else chooseNode(node);
      return;
    }
    if (mode === "add") {
      const { x, y } = onSheet(camera, size, at.x, at.y);
      add(x, y, chosenNode(useWorkshop.getState()));
    } else if (mode === "link" || from !== null) stopLink();
    else choose(link && { kind: "link", a: link[0], b: link[1] });
  };

  const onPointerUp = (event: PointerEvent<SVGSVGElement>) => {
    const now = press.current;
    if (now?.pointer !== event.pointerId) return;
    press.current = null;
    setLoose(null);
    if (!now.moved) {
      tap(now);
      return;
    }
    const { loose: left } = now;
    if (left?.kind === "node") {
      choose({ kind: "node", id: left.id });
      move(left.id, left.x, left.y);
    }
    if (left?.kind === "link") {
      // The pointer is held by the drawing, so the event does not say what lies below it.
      const other = idIn(document.elementFromPoint(event.clientX, event.clientY));
      if (other !== null && other !== left.from) join(left.from, other);
      else stopLink();
    }
  };

  const onPointerCancel = () => {
    press.current = null;
    setLoose(null);
  };

  return { loose, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel } };
}
