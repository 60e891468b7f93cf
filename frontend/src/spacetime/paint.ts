/** Draws the part of a space-time diagram that is seen on a canvas. */
import type { Tokens } from "../theme/tokens";
import type { Brush } from "./brush";
import { paintAbsent, type Absent } from "./absent";
import type { Cone } from "./causality";
import { arrowEnd, arrowsBetween, firstAt, laneCount, nodesOn, type Layout } from "./layout";
import type { Run, Step } from "./steps";
import { Strokes } from "./strokes";
import { columnAt, EDGE_PX, xOf, yOf, type Pane } from "./view";

export interface Picture {
  run: Run;
  layout: Layout;
  pane: Pane;
  tokens: Tokens;
  /** The last step that has happened; what comes behind it is faint. */
  position: number;
  /** Whether what is to come is not drawn at all: somebody is to guess it. */
  secret: boolean;
  /** The step that is looked at, with what led to it and what it led to. */
  focus: { step: number; cone: Cone } | null;
  /** The colour of each kind of message. */
  colours: ReadonlyMap<string, string>;
  /** The size of the type (px), and its family. */
  type: { size: number; family: string };
  /** The arrows that are missing, if any. */
  absent?: Absent | null;
  /** The name of the lane that some nodes share. */
  together?: string;
}

const FAINT = 0.22;
/** Columns narrower than this have neither arrow heads nor marks for what is ordinary (px). */
const DETAIL_PX = 9;
const HEAD_PX = 6;
/** No more messages are drawn in one frame. */
export const MOST_ARROWS = 4_000;

/** The colours of the kinds of messages, in the order in which they are first sent; the last for all further kinds. */
export function coloursOf({ kinds }: Pick<Run, "kinds">, { other, out, back, finn }: Tokens): Map<string, string> {
  const palette = [out, back, finn, other];
  return new Map(kinds.map((kind, at) => [kind, palette[Math.min(at, palette.length - 1)] ?? other]));
}

export function paint(context: Brush, picture: Picture): void {
  const { pane, tokens } = picture;
  context.clearRect(0, 0, pane.width, pane.height);
  context.save();
  context.beginPath();
  context.rect(pane.names, 0, pane.width - pane.names, pane.height);
  context.clip();
  lanes(context, picture);
  arrows(context, picture);
  marks(context, picture);
  if (picture.absent) paintAbsent(context, picture, picture.absent);
  context.restore();
  names(context, picture);
  context.fillStyle = tokens.line;
  context.fillRect(pane.names - 1, 0, 1, pane.height);
}

/** How strongly a step is drawn: what is to come is faint, and so is what has nothing to do with the step looked at. */
function strengthOf({ position, focus, secret }: Picture, step: number): number {
  if (secret && step > position) return 0;
  if (focus && focus.cone.past[step] !== 1 && focus.cone.future[step] !== 1) return FAINT / 2;
  return step <= position || focus ? 1 : FAINT;
}

function eachLane({ layout, pane }: Picture, visit: (lane: number, y: number) => void): void {
  const first = Math.max(0, Math.floor((pane.top - pane.lane) / pane.lane));
  const last = Math.min(laneCount(layout), Math.ceil((pane.top + pane.height) / pane.lane));
  for (let lane = first; lane < last; lane++) visit(lane, yOf(pane, lane));
}

function lanes(context: Brush, picture: Picture): void {
  const { pane, tokens, layout } = picture;
  context.strokeStyle = tokens.line;
  context.lineWidth = 1;
  context.beginPath();
  eachLane(picture, (_, y) => {
    context.moveTo(xOf(pane, 0) - 10, y);
    context.lineTo(xOf(pane, layout.columns), y);
  });
  context.stroke();
}

function names(context: Brush, picture: Picture): void {
  const { pane, tokens, run, layout, type, together = "" } = picture;
  context.font = `${type.size}px ${type.family}`;
  context.textBaseline = "middle";
  context.fillStyle = tokens.ink;
  eachLane(picture, (lane, y) => {
    const node = layout.lanes[lane];
    context.fillText(node === undefined ? together : (run.recording.network.names[node] ?? ""), 10, y, pane.names - 16);
  });
}

function arrows(context: Brush, picture: Picture): void {
  const { run, layout, pane, tokens, colours } = picture;
  const detail = isDetailed(picture);
  const strokes = new Strokes(context);
  let drawn = 0;
  for (const place of arrowsBetween(run, layout, columnAt(pane, pane.names), columnAt(pane, pane.width))) {
    const flight = run.flights[place];
    if (!flight || drawn >= MOST_ARROWS) break;
    const [from, to] = [layout.laneOf[flight.from] ?? -1, layout.laneOf[flight.to] ?? -1];
    if (from < 0 || to < 0) continue;
    const [y1, y2] = [yOf(pane, from), yOf(pane, to)];
    if (Math.max(y1, y2) < 0 || Math.min(y1, y2) > pane.height) continue;
    const [x1, x2] = [xOf(pane, layout.x[flight.sentIn] ?? 0), xOf(pane, arrowEnd(run, layout, place))];
    drawn += 1;
    // What is lost goes half the way, to nowhere.
    const end = flight.lost ? (y1 + y2) / 2 : y2;
    const alpha = Math.min(strengthOf(picture, flight.sentIn), flight.lost ? 1 : strengthOf(picture, flight.endsIn));
    const path = strokes.path({ colour: colours.get(flight.kind) ?? tokens.other, width: 1.4, alpha, dashed: flight.lost });
    path.moveTo(x1, y1);
    path.lineTo(x2, end);
    if (detail && !flight.lost) head(path, x1, y1, x2, end);
  }
  strokes.end();
}

function head(path: Path2D, x1: number, y1: number, x2: number, y2: number): void {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  for (const turn of [0.4, -0.4]) {
    path.moveTo(x2, y2);
    path.lineTo(x2 - HEAD_PX * Math.cos(angle + turn), y2 - HEAD_PX * Math.sin(angle + turn));
  }
}

const isDetailed = ({ pane, layout }: Picture): boolean => pane.column / layout.scale >= DETAIL_PX;

function marks(context: Brush, picture: Picture): void {
  const { run, layout, pane, position, tokens, focus } = picture;
  const detail = isDetailed(picture);
  const [first, last] = [columnAt(pane, pane.names - EDGE_PX), columnAt(pane, pane.width + EDGE_PX)];
  for (const number of run.ofNobody) everywhere(context, picture, xOf(pane, layout.x[number] ?? 0));
  const stepsOf = (node: number, y: number) => {
    const mine = run.ofNode[node] ?? [];
    for (let place = firstAt(layout.x, mine, first); place < mine.length; place++) {
      const number = mine[place] ?? 0;
      const x = layout.x[number] ?? 0;
      if (x > last) break;
      const step = run.steps[number];
      if (!step) continue;
      const px = xOf(pane, x);
      context.globalAlpha = strengthOf(picture, number);
      if (detail || step.decided.length > 0 || step.kind !== "receive") mark(context, step, px, y, tokens);
      if (number === position || number === focus?.step) ring(context, px, y, number === position ? tokens.accent : tokens.muted);
    }
  };
  eachLane(picture, (lane, y) => { for (const node of nodesOn(layout, lane)) stepsOf(node, y); });
  context.globalAlpha = 1;
}

/** What happens to the network as a whole, such as a partition. */
function everywhere(context: Brush, { pane, tokens }: Picture, x: number): void {
  context.fillStyle = tokens.bad;
  context.fillRect(x, 0, 1, pane.height);
}

function ring(context: Brush, x: number, y: number, colour: string): void {
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.stroke();
}

/** A step's mark: its shape says what it is, without its colour. */
function mark(context: Brush, step: Step, x: number, y: number, tokens: Tokens): void {
  context.beginPath();
  context.lineWidth = 2;
  if (step.decided.length > 0) {
    context.moveTo(x, y - 7);
    context.lineTo(x + 7, y);
    context.lineTo(x, y + 7);
    context.lineTo(x - 7, y);
    context.closePath();
    context.fillStyle = tokens.ink;
    context.fill();
  } else if (step.kind === "start") {
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fillStyle = tokens.panel;
    context.strokeStyle = tokens.ink;
    context.fill();
    context.stroke();
  } else if (step.kind === "receive" || step.kind === "timer" || step.kind === "restart") {
    context.arc(x, y, step.kind === "receive" ? 2.5 : 4, 0, 2 * Math.PI);
    context.fillStyle = tokens.ink;
    context.fill();
  } else {
    context.moveTo(x - 5, y - 5);
    context.lineTo(x + 5, y + 5);
    context.moveTo(x + 5, y - 5);
    context.lineTo(x - 5, y + 5);
    context.strokeStyle = tokens.bad;
    context.stroke();
  }
}
