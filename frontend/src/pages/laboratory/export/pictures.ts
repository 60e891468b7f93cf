/** A run as a picture, PNG or SVG: the network at the cursor, or the whole space-time diagram, in the colours of paper. */
import { draw } from "../../../graph/layout/choose";
import { wordsNow } from "../../../i18n/words";
import type { Brush } from "../../../spacetime/brush";
import type { Layout } from "../../../spacetime/layout";
import { coloursOf, MOST_ARROWS, paint } from "../../../spacetime/paint";
import { LANE_PX, NAMES_PX, sizeOf, TYPE_PX, type Pane } from "../../../spacetime/view";
import { LIGHT } from "../../../theme/tokens";
import { layOutAt, useLanes } from "../lanes/lanes";
import { lanesWords } from "../lanes/lanes-words";
import { aspectOf, paintStage } from "../paint-stage";
import { usePrediction } from "../predict/store";
import { useSession } from "../session";
import { useLaboratory, type Opened } from "../store";
import { besideOf, useChosen } from "../variables/beside";
import { NotMade } from "./refused";
import { SvgContext } from "./svg-context";

/** The longest side, and all pixels, of a picture: browsers make none that are much larger. */
const MOST_SIDE_PX = 16_000;
const MOST_PIXELS = 64_000_000;
/** Pixels of a PNG to one of the page, where that is not too many. */
const DENSITY = 2;
const STAGE = { least: 1_200, most: 4_000, ofNode: 90, aspect: 4 / 3 } as const;

/** A picture that can be painted anywhere. */
export interface Painting {
  width: number;
  height: number;
  title: string;
  paint: (context: Brush) => void;
}

/** How the page writes. */
export const paperType = () => ({ size: TYPE_PX, family: getComputedStyle(document.body).fontFamily });

/** The network after a step, as large as it needs or as is said. */
export function stageOf({ index, recording }: Opened, size?: { width: number; height: number }): (position: number) => Painting {
  const { network } = index.run.recording;
  const wide = Math.min(STAGE.most, Math.max(STAGE.least, STAGE.ofNode * Math.sqrt(network.names.length)));
  const { width, height } = size ?? { width: Math.round(wide), height: Math.round(wide / STAGE.aspect) };
  const drawing = draw({ parents: network.parents, links: network.links }, aspectOf(width, height) ?? 1);
  const picture = { index, drawing, tokens: LIGHT, width, height, colours: coloursOf(index.run, LIGHT), type: paperType() };
  const { states, about } = useSession.getState();
  const beside = (position: number) => {
    const known = states?.position === (index.run.steps[position]?.line.position ?? 0) ? states.of : null;
    return besideOf(index, position, about?.algorithm.name ?? recording.title, useChosen.getState(), known);
  };
  return (position) => ({ width, height, title: recording.title, paint: (context) => { paintStage(context, { ...picture, position, beside: beside(position) }); } });
}

/** The diagram as it lies on the page, with the lanes that are chosen there, and the name of the one that others share. */
export function laidOut({ index }: Opened): { layout: Layout; together: string } {
  const { across, down, position } = useLaboratory.getState();
  const layout = layOutAt(index, across, down, useLanes.getState(), position);
  return { layout, together: wordsNow(lanesWords).together(layout.together.length) };
}

/** The whole diagram; while the page asks what comes, only what has come. */
export function diagramOf(opened: Opened): Painting {
  const { index, recording } = opened;
  const { run } = index;
  const { column, position } = useLaboratory.getState();
  const { layout, together } = laidOut(opened);
  const placed = { column: column * layout.scale, lane: LANE_PX, names: NAMES_PX };
  const { width, height } = sizeOf(layout, placed);
  const messages = run.flights.length;
  if (Math.max(width, height) > MOST_SIDE_PX || width * height > MOST_PIXELS || messages > MOST_ARROWS) {
    throw new NotMade({ about: "large", width, height, messages });
  }
  const pane: Pane = { width, height, left: 0, top: 0, ...placed };
  const secret = usePrediction.getState().on;
  // Behind the last step nothing is faint, and no step is marked.
  const at = secret ? position : run.steps.length;
  const picture = { run, layout, pane, tokens: LIGHT, position: at, secret, focus: null, colours: coloursOf(run, LIGHT), type: paperType(), together };
  return { width, height, title: recording.title, paint: (context) => { paint(context, picture); } };
}

export function canvasOf(width: number, height: number, density = 1): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.scale(density, density);
  return { canvas, context };
}

export function pngOf({ width, height, paint: onto }: Painting): Promise<Blob> {
  const fits = width * height * DENSITY ** 2 <= MOST_PIXELS && Math.max(width, height) * DENSITY <= MOST_SIDE_PX;
  const { canvas, context } = canvasOf(width, height, fits ? DENSITY : 1);
  onto(context);
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = LIGHT.panel;
  context.fillRect(0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error("no picture")); }, "image/png");
  });
}

export function svgOf({ width, height, title, paint: onto }: Painting): Blob {
  const { context: ruler } = canvasOf(1, 1);
  const context = new SvgContext((text, font) => {
    ruler.font = font;
    return ruler.measureText(text).width;
  });
  onto(context);
  return new Blob([context.text(width, height, title, LIGHT.panel)], { type: "image/svg+xml;charset=utf-8" });
}

/** The network at the cursor. */
export const stageNow = (opened: Opened): Painting => stageOf(opened)(useLaboratory.getState().position);
