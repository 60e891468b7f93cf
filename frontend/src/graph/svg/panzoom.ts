/** Pan and zoom of the SVG drawing: wheel, drag and two fingers change the viewport. */
import { useEffect, type RefObject } from "react";
import type { Drawing } from "../layout/drawing";
import { ZOOM, camera, fit, viewport, zoomAt } from "../viewport";

export function usePanZoom(pane: RefObject<SVGSVGElement | null>, drawing: Drawing, width: number, height: number): void {
  useEffect(() => {
    const element = pane.current;
    if (!element || width === 0) return;
    const fingers = new Map<number, { x: number; y: number }>();
    const at = (event: PointerEvent | WheelEvent) => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { x, y } = at(event);
      viewport.set(zoomAt(viewport.get(), Math.exp(-event.deltaY / 500), x, y));
    };
    const down = (event: PointerEvent) => {
      if (event.button === 0) fingers.set(event.pointerId, at(event));
    };
    const move = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const view = viewport.get();
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      if (!other) {
        viewport.set({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y });
        return;
      }
      const ratio = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
      viewport.set(zoomAt(view, ratio, other.x, other.y));
    };
    const up = (event: PointerEvent) => { fingers.delete(event.pointerId); };
    const stop = camera.onOrder((order) => {
      const factor = order === "in" ? ZOOM.step : 1 / ZOOM.step;
      viewport.set(order === "fit" ? fit(drawing, width, height) : zoomAt(viewport.get(), factor, width / 2, height / 2));
    });
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("pointerdown", down);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
    return () => {
      stop();
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("pointerdown", down);
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
    };
  }, [pane, drawing, width, height]);
}
