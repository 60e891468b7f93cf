/** A run as an animated GIF: the network beside its diagram, a frame for each step, at the speed that is chosen. */
import { applyPalette, GIFEncoder, quantize } from "gifenc";
import { coloursOf, paint } from "../../../spacetime/paint";
import { LANE_PX, scrolledTo, type Pane } from "../../../spacetime/view";
import { LIGHT } from "../../../theme/tokens";
import { usePrediction } from "../predict/store";
import { useLaboratory, type Opened } from "../store";
import { canvasOf, laidOut, paperType, stageOf } from "./pictures";
import { NotMade } from "./refused";

/** More frames make a file that nobody wants to load (steps). */
const MOST_FRAMES = 600;
/** How long the first and the last step are seen at least (ms). */
const STILL_MS = 1_000;
/** Programs that show a GIF slow down what is shorter (ms). */
const LEAST_MS = 20;
const SIZE = { width: 1_280, height: 720, stage: 560 } as const;
const NAMES_PX = 90;
/** One further colour says that a pixel is as it was. */
const MOST_COLOURS = 255;
/** From how many frames the colours are taken. */
const SAMPLES = 4;

export interface Watch {
  /** Told how much there is of it, 0 to 1. */
  progress: (part: number) => void;
  signal: AbortSignal;
}

/** Lets the page go on; a hidden one, too. */
const breathe = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

/** Paints the run as it is after a step; returns its pixels. */
function painter(opened: Opened): (step: number) => Uint8ClampedArray {
  const { index } = opened;
  const { run } = index;
  const { column } = useLaboratory.getState();
  const { layout, together } = laidOut(opened);
  const stage = stageOf(opened, { width: SIZE.stage, height: SIZE.height });
  const picture = { run, layout, tokens: LIGHT, secret: usePrediction.getState().on, focus: null, colours: coloursOf(run, LIGHT), type: paperType(), together };
  let pane: Pane = { width: SIZE.width - SIZE.stage, height: SIZE.height, left: 0, top: 0, column: column * layout.scale, lane: LANE_PX, names: NAMES_PX };
  const { context } = canvasOf(SIZE.width, SIZE.height);
  const [left, right] = [canvasOf(SIZE.stage, SIZE.height), canvasOf(pane.width, pane.height)];
  return (step) => {
    pane = { ...pane, ...scrolledTo(layout, pane, step, run.steps[step]?.node ?? -1) };
    stage(step).paint(left.context);
    paint(right.context, { ...picture, pane, position: step });
    context.fillStyle = LIGHT.panel;
    context.fillRect(0, 0, SIZE.width, SIZE.height);
    context.drawImage(left.canvas, 0, 0);
    context.drawImage(right.canvas, SIZE.stage, 0);
    return context.getImageData(0, 0, SIZE.width, SIZE.height).data;
  };
}

/** The colours of the whole run, from some of its frames. */
function paletteOf(show: (step: number) => Uint8ClampedArray, frames: number): number[][] {
  const size = SIZE.width * SIZE.height * 4;
  const seen = new Uint8ClampedArray(size * SAMPLES);
  for (let sample = 0; sample < SAMPLES; sample++) seen.set(show(Math.round(((frames - 1) * sample) / (SAMPLES - 1))), size * sample);
  return quantize(seen, MOST_COLOURS);
}

/** How long each frame is seen (ms). */
export function delayOf(step: number, frames: number, speed: number): number {
  const delay = Math.max(LEAST_MS, Math.round(100 / speed) * 10);
  return step === 0 || step === frames - 1 ? Math.max(STILL_MS, delay) : delay;
}

/** What differs from the frame before; all else is `same`. */
function changed(now: Uint8Array, before: Uint8Array | null, same: number): Uint8Array {
  return before === null ? now : now.map((colour, at) => (colour === before[at] ? same : colour));
}

/**
 * All steps; while the page asks what comes, only those up to the cursor.
 *
 * @throws NotMade where there are too many of them, or it was cancelled.
 */
export async function gifOf(opened: Opened, { progress, signal }: Watch): Promise<Blob> {
  const { speed, position } = useLaboratory.getState();
  const frames = usePrediction.getState().on ? position + 1 : opened.index.run.steps.length;
  if (frames > MOST_FRAMES) throw new NotMade({ about: "long", steps: frames, most: MOST_FRAMES });
  await breathe();
  const colours = paletteOf(painter(opened), frames);
  const same = colours.length;
  const palette = [...colours, [0, 0, 0]];
  const file = GIFEncoder();
  const show = painter(opened);
  let before: Uint8Array | null = null;
  for (let step = 0; step < frames; step++) {
    await breathe();
    if (signal.aborted) throw new NotMade({ about: "cancelled" });
    const now = applyPalette(show(step), colours);
    const options = { delay: delayOf(step, frames, speed), transparent: true, transparentIndex: same, dispose: 1 };
    file.writeFrame(changed(now, before, same), SIZE.width, SIZE.height, step === 0 ? { ...options, palette } : options);
    before = now;
    progress((step + 1) / frames);
  }
  file.finish();
  return new Blob([file.bytes()], { type: "image/gif" });
}
