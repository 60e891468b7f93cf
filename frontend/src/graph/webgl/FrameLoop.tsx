/** Draws a frame only when something has changed: an idle page must not take the lab's cores. Publishes the viewport. */
import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, type RefObject } from "react";
import type { GraphCanvasRef } from "reagraph";
import { OrthographicCamera } from "three";
import type { Drawing } from "../layout/drawing";
import { usePlayback } from "../../playback/store";
import { useLab } from "../../state/lab-store";
import { useView } from "../../state/view";
import { glide, wantedView } from "../glide";
import { camera as orders, fit, viewport, zoomAt, type Viewport } from "../viewport";

type Controls = ReturnType<GraphCanvasRef["getControls"]>;

function show(controls: Controls, view: Viewport): void {
  const x = (view.width / 2 - view.x) / view.scale;
  const y = (view.height / 2 - view.y) / view.scale;
  void controls.moveTo(x, -y, 0, false);
  void controls.zoomTo(view.scale, false);
}

export function FrameLoop({ graph, drawing }: { graph: RefObject<GraphCanvasRef | null>; drawing: Drawing }) {
  const invalidate = useThree((three) => three.invalidate);
  const setFrameloop = useThree((three) => three.setFrameloop);
  const size = useThree((three) => three.size);

  useEffect(() => {
    setFrameloop("demand");
    const again = () => { invalidate(); };
    // Of what the lab says, this alone is drawn; a quiet lab says a little every second or so.
    const told = useLab.subscribe(({ lab }, { lab: before }) => {
      if (lab?.nodes !== before?.nodes || lab?.network !== before?.network || lab?.waves !== before?.waves) again();
    });
    const stops = [told, usePlayback.subscribe(again), useView.subscribe(again), glide.subscribe(again)];
    return () => { for (const stop of stops) stop(); };
  }, [invalidate, setFrameloop]);

  useEffect(() => {
    let controls: Controls | undefined;
    let pending = 0;
    // In which the stage shows this drawing; the camera is where it was for the one before.
    const wanted = wantedView();
    const again = () => { invalidate(); };
    const events = ["controlstart", "control", "update", "wake"] as const;
    const obey = (order: "fit" | "in" | "out") => {
      if (!controls) return;
      const view = viewport.get();
      const step = order === "in" ? 1.4 : 1 / 1.4;
      show(
        controls,
        order === "fit"
          ? fit(drawing, size.width, size.height)
          : zoomAt(view, step, size.width / 2, size.height / 2),
      );
      invalidate();
    };
    // The controls exist a few frames after the canvas.
    const find = () => {
      controls = graph.current?.getControls();
      if (!controls) {
        pending = requestAnimationFrame(find);
        return;
      }
      for (const event of events) controls.addEventListener(event, again);
      show(controls, wanted);
      invalidate();
    };
    find();
    const stop = orders.onOrder(obey);
    return () => {
      cancelAnimationFrame(pending);
      stop();
      for (const event of events) controls?.removeEventListener(event, again);
    };
  }, [drawing, graph, invalidate, size]);

  useFrame(({ camera }) => {
    if (!(camera instanceof OrthographicCamera)) return;
    viewport.set({
      scale: camera.zoom,
      x: size.width / 2 - camera.position.x * camera.zoom,
      y: size.height / 2 + camera.position.y * camera.zoom,
      width: size.width,
      height: size.height,
    });
  });
  return null;
}
