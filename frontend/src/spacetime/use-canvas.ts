/** A canvas that is as sharp as its screen and is drawn in the next frame after something has changed. */
import { useEffect, useRef, type RefObject } from "react";

type Draw = (context: CanvasRenderingContext2D) => void;

/** Draws `canvas`, which is `width` by `height` px, whenever `draw` is another function. */
export function useCanvas(canvas: RefObject<HTMLCanvasElement | null>, width: number, height: number, draw: Draw): void {
  const frame = useRef(0);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width <= 0 || height <= 0) return;
    frame.current = requestAnimationFrame(() => {
      const ratio = devicePixelRatio;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      // To set the size of a canvas clears it and is slow.
      if (element.width !== w) element.width = w;
      if (element.height !== h) element.height = h;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(context);
    });
    return () => { cancelAnimationFrame(frame.current); };
  }, [canvas, width, height, draw]);
}
