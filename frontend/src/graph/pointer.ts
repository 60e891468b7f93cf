/**
 * Pointer, finger and mouse on the drawing: hover, select, and the menu by right click or long press. On the drawing of
 * a network that is no more (`acts` false) there is nobody to be selected: a node of its name may be another one now.
 */
import { useEffect, type RefObject } from "react";
import { select, useView } from "../state/view";
import type { Drawing } from "./layout/drawing";
import type { Network } from "../state/lab";
import { nodeAt, viewport } from "./viewport";

const LONG_PRESS_MS = 500;
/** A press that moves further than this is a drag. */
const STILL_PX = 6;
const SLACK_PX = { mouse: 5, finger: 14 } as const;

export function usePointer(pane: RefObject<HTMLElement | null>, network: Network | null, drawing: Drawing | null, acts: boolean): void {
  useEffect(() => {
    const element = pane.current;
    if (!element || !network || !drawing) return;
    let pressed: { x: number; y: number } | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const find = (event: MouseEvent) => {
      const box = element.getBoundingClientRect();
      const touch = event instanceof PointerEvent && event.pointerType === "touch";
      const slack = touch ? SLACK_PX.finger : SLACK_PX.mouse;
      return nodeAt(drawing, viewport.get(), event.clientX - box.left, event.clientY - box.top, slack);
    };
    const menu = (event: MouseEvent, node: number) => {
      if (!acts) return;
      useView.setState({ menu: { name: network.names[node] ?? "", x: event.clientX, y: event.clientY } });
    };
    const down = (event: PointerEvent) => {
      pressed = { x: event.clientX, y: event.clientY };
      clearTimeout(timer);
      const node = event.pointerType === "touch" ? find(event) : null;
      if (node !== null) {
        timer = setTimeout(() => {
          pressed = null;
          menu(event, node);
        }, LONG_PRESS_MS);
      }
    };
    const move = (event: PointerEvent) => {
      if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL_PX) {
        pressed = null;
        clearTimeout(timer);
      }
      if (event.pointerType === "touch") return;
      const node = find(event);
      element.style.cursor = node === null ? "" : "pointer";
      if (useView.getState().hovered !== node) useView.setState({ hovered: node });
    };
    const up = (event: PointerEvent) => {
      clearTimeout(timer);
      if (!pressed || event.button !== 0) return;
      pressed = null;
      const node = find(event);
      if (node !== null && acts) select({ type: "node", name: network.names[node] ?? "" });
    };
    const leave = () => {
      clearTimeout(timer);
      useView.setState({ hovered: null });
    };
    const context = (event: MouseEvent) => {
      event.preventDefault();
      const node = find(event);
      if (node !== null) menu(event, node);
    };
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("pointercancel", leave);
    element.addEventListener("contextmenu", context);
    return () => {
      leave();
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("pointercancel", leave);
      element.removeEventListener("contextmenu", context);
    };
  }, [pane, network, drawing, acts]);
}
