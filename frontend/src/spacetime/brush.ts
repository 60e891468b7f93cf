/** What the pictures of a run are painted with: the part of a canvas's context that they use, so that a file can be painted too. */
type Used =
  | "fillStyle" | "strokeStyle" | "lineWidth" | "globalAlpha" | "font" | "textAlign" | "textBaseline" | "save" | "restore" | "clip" | "beginPath"
  | "moveTo" | "lineTo" | "arc" | "rect" | "closePath" | "fill" | "stroke" | "clearRect" | "fillRect" | "fillText" | "strokeText" | "setLineDash";

export interface Brush extends Pick<CanvasRenderingContext2D, Used> {
  /** Who draws elsewhere than on a canvas has paths of its own. */
  createPath?: () => Path2D;
}

export const newPath = (context: Brush): Path2D => context.createPath?.() ?? new Path2D();
