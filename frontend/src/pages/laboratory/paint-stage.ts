/** Draws the network as it is after a step: who has woken whom, who has decided, what is on its way. */
import type { Drawing } from "../../graph/layout/drawing";
import { fit, markRadius, type Viewport } from "../../graph/viewport";
import { placeFlight } from "../../graph/scene";
import { cutLinks, linkKey, onTheirWay, phaseOf, type Index } from "../../spacetime/moment";
import type { Tokens } from "../../theme/tokens";

export interface StagePicture {
  index: Index;
  drawing: Drawing;
  tokens: Tokens;
  width: number;
  height: number;
  position: number;
  colours: ReadonlyMap<string, string>;
  type: { size: number; family: string };
}

/** No more messages are drawn on their way. */
const MOST_FLIGHTS = 2_000;
const MESSAGE_PX = 5;
/** Nodes that stand nearer to each other have no names, but for the one that acts (px, at the usual size of the type). */
const NAMED_FROM_PX = 48;
const USUAL_TYPE_PX = 12;

export function paintStage(context: CanvasRenderingContext2D, picture: StagePicture): void {
  const { drawing, width, height } = picture;
  const view = fit(drawing, width, height);
  context.clearRect(0, 0, width, height);
  const at = (node: number): [number, number] => [
    (drawing.x[node] ?? 0) * view.scale + view.x, (drawing.y[node] ?? 0) * view.scale + view.y,
  ];
  const radius = markRadius(drawing, view.scale);
  links(context, picture, at, radius);
  flights(context, picture, view, radius);
  const named = drawing.spacing * view.scale >= (NAMED_FROM_PX * picture.type.size) / USUAL_TYPE_PX;
  nodes(context, picture, at, radius, named);
}

type Place = (node: number) => [number, number];

function links(context: CanvasRenderingContext2D, { index, tokens, position }: StagePicture, at: Place, radius: number): void {
  const { network } = index.run.recording;
  const cut = cutLinks(index, position);
  context.lineWidth = 1.2;
  for (const [a, b] of network.links) {
    const gone = cut.has(linkKey(a, b));
    context.strokeStyle = gone ? tokens.bad : tokens.line;
    context.setLineDash(gone ? [4, 4] : []);
    context.beginPath();
    context.moveTo(...at(a));
    context.lineTo(...at(b));
    context.stroke();
  }
  context.setLineDash([]);
  // From each node to whoever woke it: the tree that an echo wave grows.
  context.strokeStyle = tokens.ink;
  context.lineWidth = 2;
  network.names.forEach((_, node) => {
    const parent = index.wokenBy[node] ?? -1;
    if (parent < 0 || (index.wokeIn[node] ?? Infinity) > position) return;
    const [x1, y1] = at(node);
    const [x2, y2] = at(parent);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const far = Math.hypot(x2 - x1, y2 - y1);
    const end = Math.max(radius, far - radius - 3);
    const [ex, ey] = [x1 + end * Math.cos(angle), y1 + end * Math.sin(angle)];
    context.beginPath();
    context.moveTo(x1 + radius * Math.cos(angle), y1 + radius * Math.sin(angle));
    context.lineTo(ex, ey);
    for (const turn of [0.45, -0.45]) {
      context.moveTo(ex, ey);
      context.lineTo(ex - 7 * Math.cos(angle + turn), ey - 7 * Math.sin(angle + turn));
    }
    context.stroke();
  });
}

/** How far a message has come, 0 to 1: it goes as steps go by. */
export function partOf(sentIn: number, endsIn: number, position: number): number {
  if (endsIn === Infinity) return 0.5;
  return Math.min(0.85, Math.max(0.15, (position - sentIn + 1) / (endsIn - sentIn + 1)));
}

function flights(context: CanvasRenderingContext2D, picture: StagePicture, view: Viewport, radius: number): void {
  const { index, drawing, position, tokens, colours } = picture;
  for (const place of onTheirWay(index, position, MOST_FLIGHTS)) {
    const flight = index.run.flights[place];
    if (!flight) continue;
    const part = partOf(flight.sentIn, flight.endsIn, position);
    const { x, y, angle } = placeFlight(drawing, flight.from, flight.to, part, 1 / view.scale, radius / view.scale);
    context.save();
    context.translate(x * view.scale + view.x, y * view.scale + view.y);
    context.rotate(angle);
    context.fillStyle = colours.get(flight.kind) ?? tokens.other;
    context.beginPath();
    context.moveTo(MESSAGE_PX * 1.3, 0);
    context.lineTo(-MESSAGE_PX, MESSAGE_PX);
    context.lineTo(-MESSAGE_PX, -MESSAGE_PX);
    context.closePath();
    context.fill();
    context.restore();
  }
}

function nodes(context: CanvasRenderingContext2D, picture: StagePicture, at: Place, radius: number, named: boolean): void {
  const { index, tokens, position, drawing, type, width } = picture;
  const { run } = index;
  const acting = run.steps[position]?.node ?? -1;
  const { names } = run.recording.network;
  context.font = `${type.size}px ${type.family}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  names.forEach((name, node) => {
    const [x, y] = at(node);
    const phase = phaseOf(index, node, position);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = phase === "decided" ? tokens.ink : phase === "awake" ? tokens.other : tokens.panel;
    context.strokeStyle = tokens.ink;
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
    if (phase === "decided") ring(context, x, y, radius + 4, tokens.ink, 1.5);
    if (phase === "down") cross(context, x, y, radius, tokens.bad);
    if (node === acting) ring(context, x, y, radius + 7, tokens.accent, 3);
    if (!named && node !== acting) return;
    const below = !drawing.sideways;
    context.textAlign = below ? "center" : "left";
    const [left, top] = below ? [x, y + radius + 5] : [x + radius + 8, y - type.size / 2];
    // A long name beside the last node is narrowed rather than cut off by the edge.
    const room = below ? width : Math.max(type.size, width - left - 4);
    // An arrow may go through a name: it is read all the same.
    context.strokeStyle = tokens.panel;
    context.lineWidth = 3;
    context.strokeText(name, left, top, room);
    context.fillStyle = tokens.ink;
    context.fillText(name, left, top, room);
  });
  context.textAlign = "start";
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y + radius);
  context.moveTo(x + radius, y - radius);
  context.lineTo(x - radius, y + radius);
  context.stroke();
}
