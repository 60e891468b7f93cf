/** Draws the network as it is after a step: who has woken whom, who has decided, what is on its way. */
import { nearestAspect } from "../../graph/layout/choose";
import type { Drawing } from "../../graph/layout/drawing";
import { fit, markRadius, roomIn, type Viewport } from "../../graph/viewport";
import { placeFlight } from "../../graph/scene";
import { cutLinks, linkKey, onTheirWay, phaseOf, type Index, type NodePhase } from "../../spacetime/moment";
import { inkOn, type Beside } from "./variables/beside";
import { newPath, type Brush } from "../../spacetime/brush";
import { Strokes } from "../../spacetime/strokes";
import { TYPE_PX } from "../../spacetime/view";
import { textScale } from "../../state/type-size";
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
  /** What stands at each node. */
  beside: readonly Beside[];
}

/** No more messages are drawn on their way. */
const MOST_FLIGHTS = 2_000;
const MESSAGE_PX = 5;
/** Nodes that stand nearer to each other have no names, but for the one that acts (px, at the usual size of the type). */
const NAMED_FROM_PX = 48;
/** The height of a line of type, and the size of what was decided, by that of the names. */
const LINE = 1.15;
const LARGE = 1.5;
/** From a node to its name below. */
const NAME_PX = 5;

/** The shape that the network's drawing should have on a stage of this size; null where there is none yet. */
export function aspectOf(width: number, height: number): number | null {
  if (width <= 0 || height <= 0) return null;
  const room = roomIn(width, height, { sideways: false, bare: false, topInMiddle: true, clear: true });
  return nearestAspect(room.width, room.height);
}

const viewOf = (drawing: Drawing, width: number, height: number): Viewport => fit(drawing, width, height, textScale(), true);

export function paintStage(context: Brush, picture: StagePicture): void {
  const { drawing, width, height } = picture;
  const view = viewOf(drawing, width, height);
  context.clearRect(0, 0, width, height);
  const at = (node: number): [number, number] => [
    (drawing.x[node] ?? 0) * view.scale + view.x, (drawing.y[node] ?? 0) * view.scale + view.y,
  ];
  const radius = markRadius(drawing, view.scale);
  links(context, picture, at, radius);
  flights(context, picture, view, radius);
  const apart = drawing.spacing * view.scale;
  const named = apart >= (NAMED_FROM_PX * picture.type.size) / TYPE_PX;
  nodes(context, picture, at, radius, { named, lines: linesBetween(apart, radius, picture.type.size) });
}

/** How many variables have room under a node's name before the next node; of the node that acts all are drawn. */
export const linesBetween = (apart: number, radius: number, type: number): number =>
  Math.max(0, Math.floor((apart - 2 * radius - NAME_PX) / (type * LINE)) - 1);

/** What has room at nodes that do not act. */
interface Room {
  named: boolean;
  lines: number;
}

type Place = (node: number) => [number, number];

function links(context: Brush, { index, tokens, position }: StagePicture, at: Place, radius: number): void {
  const { network } = index.run.recording;
  const cut = cutLinks(index, position);
  const strokes = new Strokes(context);
  for (const [a, b] of network.links) {
    const gone = cut.size > 0 && cut.has(linkKey(a, b));
    const path = strokes.path({ colour: gone ? tokens.bad : tokens.line, width: 1.2, dashed: gone });
    path.moveTo(...at(a));
    path.lineTo(...at(b));
  }
  strokes.end();
  // From each node to whoever woke it: the tree that an echo wave grows.
  network.names.forEach((_, node) => {
    const parent = index.wokenBy[node] ?? -1;
    if (parent < 0 || (index.wokeIn[node] ?? Infinity) > position) return;
    const [x1, y1] = at(node);
    const [x2, y2] = at(parent);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const far = Math.hypot(x2 - x1, y2 - y1);
    const end = Math.max(radius, far - radius - 3);
    const [ex, ey] = [x1 + end * Math.cos(angle), y1 + end * Math.sin(angle)];
    const tree = strokes.path({ colour: tokens.ink, width: 2 });
    tree.moveTo(x1 + radius * Math.cos(angle), y1 + radius * Math.sin(angle));
    tree.lineTo(ex, ey);
    for (const turn of [0.45, -0.45]) {
      tree.moveTo(ex, ey);
      tree.lineTo(ex - 7 * Math.cos(angle + turn), ey - 7 * Math.sin(angle + turn));
    }
  });
  strokes.end();
}

/** How far a message has come, 0 to 1: it goes as steps go by. */
export function partOf(sentIn: number, endsIn: number, position: number): number {
  if (endsIn === Infinity) return 0.5;
  return Math.min(0.85, Math.max(0.15, (position - sentIn + 1) / (endsIn - sentIn + 1)));
}

function flights(context: Brush, picture: StagePicture, view: Viewport, radius: number): void {
  const { index, drawing, position, tokens, colours } = picture;
  const strokes = new Strokes(context);
  for (const place of onTheirWay(index, position, MOST_FLIGHTS)) {
    const flight = index.run.flights[place];
    if (!flight) continue;
    const part = partOf(flight.sentIn, flight.endsIn, position);
    const { x, y, angle } = placeFlight(drawing, flight.from, flight.to, part, 1 / view.scale, radius / view.scale);
    arrowHead(strokes.path({ colour: colours.get(flight.kind) ?? tokens.other, width: 0 }), x * view.scale + view.x, y * view.scale + view.y, angle);
  }
  strokes.end();
}

function arrowHead(path: Path2D, x: number, y: number, angle: number): void {
  const [cos, sin] = [Math.cos(angle) * MESSAGE_PX, Math.sin(angle) * MESSAGE_PX];
  path.moveTo(x + 1.3 * cos, y + 1.3 * sin);
  path.lineTo(x - cos - sin, y - sin + cos);
  path.lineTo(x - cos + sin, y - sin - cos);
  path.closePath();
}

function disc(path: Path2D, x: number, y: number, radius: number): void {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function cross(path: Path2D, x: number, y: number, radius: number): void {
  path.moveTo(x - radius, y - radius);
  path.lineTo(x + radius, y + radius);
  path.moveTo(x + radius, y - radius);
  path.lineTo(x - radius, y + radius);
}

function nodes(context: Brush, picture: StagePicture, at: Place, radius: number, { named, lines }: Room): void {
  const { index, tokens, position } = picture;
  const { run } = index;
  const fills: Readonly<Record<NodePhase, string>> = { asleep: tokens.panel, awake: tokens.other, decided: tokens.ink, down: tokens.panel };
  const phases = run.recording.network.names.map((_, node) => phaseOf(index, node, position));
  const strokes = new Strokes(context);
  phases.forEach((phase, node) => { disc(strokes.path({ colour: picture.beside[node]?.fill ?? fills[phase], width: 0 }), ...at(node), radius); });
  strokes.end();
  phases.forEach((phase, node) => {
    const [x, y] = at(node);
    const rims = strokes.path({ colour: tokens.ink, width: 1.5 });
    disc(rims, x, y, radius);
    if (phase === "decided") disc(rims, x, y, radius + 4);
    if (phase === "down") cross(strokes.path({ colour: tokens.bad, width: 3 }), x, y, radius);
  });
  const acting = run.steps[position]?.node ?? -1;
  if (acting >= 0) disc(strokes.path({ colour: tokens.accent, width: 3 }), ...at(acting), radius + 7);
  strokes.end();
  labels(context, picture, at, radius, (node) => (node === acting ? Infinity : named ? 1 + lines : 0));
}

/** The names of some nodes, and their variables: as many lines as there is room for. */
function labels(context: Brush, picture: StagePicture, at: Place, radius: number, linesOf: (node: number) => number): void {
  const { index, tokens, drawing, type, width, beside } = picture;
  const below = !drawing.sideways;
  context.font = `${type.size}px ${type.family}`;
  context.textBaseline = "top";
  context.textAlign = below ? "center" : "left";
  // An arrow may go through a name: it is read all the same.
  context.strokeStyle = tokens.panel;
  context.lineWidth = 3;
  context.fillStyle = tokens.ink;
  index.run.recording.network.names.forEach((name, node) => {
    const most = linesOf(node);
    if (most < 1) return;
    const [x, y] = at(node);
    const [left, top] = below ? [x, y + radius + NAME_PX] : [x + radius + 8, y - type.size / 2];
    // A long name beside the last node is narrowed rather than cut off by the edge.
    const room = below ? width : Math.max(type.size, width - left - 4);
    context.strokeText(name, left, top, room);
    context.fillText(name, left, top, room);
    beside[node]?.lines.slice(0, most - 1).forEach((line, at) => {
      const y = top + (at + 1) * type.size * LINE;
      context.strokeText(line, left, y, room);
      context.fillText(line, left, y, room);
    });
  });
  marks(context, picture, at, radius, (node) => linesOf(node) > 0);
  context.textAlign = "start";
}

/** What was decided, large, and a crown over whoever leads. */
function marks(context: Brush, { tokens, type, beside }: StagePicture, at: Place, radius: number, isNamed: (node: number) => boolean): void {
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.strokeStyle = tokens.panel;
  context.lineWidth = 4;
  context.font = `600 ${type.size * LARGE}px ${type.family}`;
  beside.forEach(({ decided, leads }, node) => {
    const [x, y] = at(node);
    if (decided !== "" && isNamed(node)) {
      context.fillStyle = tokens.ink;
      context.strokeText(decided, x, y - radius - 6);
      context.fillText(decided, x, y - radius - 6);
    }
    if (!leads) return;
    context.fillStyle = inkOn(tokens.panel) === "#000000" ? "#8a5a00" : "#ffd54a";
    context.fill(crown(newPath(context), x, y - radius - 8 - (decided === "" ? 0 : type.size * LARGE), radius + 4));
  });
}

function crown(path: Path2D, x: number, bottom: number, half: number): Path2D {
  const height = half * 1.1;
  path.moveTo(x - half, bottom);
  for (const [across, up] of [[-1, 1], [-0.5, 0.45], [0, 1.1], [0.5, 0.45], [1, 1]] as const) path.lineTo(x + across * half, bottom - up * height);
  path.lineTo(x + half, bottom);
  path.closePath();
  return path;
}

/** The places of the messages that are on their way, to find the one that is pointed at. */
export function flightPlaces({ index, drawing, width, height, position }: Pick<StagePicture, "index" | "drawing" | "width" | "height" | "position">): { place: number; x: number; y: number }[] {
  const view = viewOf(drawing, width, height);
  const radius = markRadius(drawing, view.scale);
  return onTheirWay(index, position, MOST_FLIGHTS).flatMap((place) => {
    const flight = index.run.flights[place];
    if (!flight) return [];
    const part = partOf(flight.sentIn, flight.endsIn, position);
    const { x, y } = placeFlight(drawing, flight.from, flight.to, part, 1 / view.scale, radius / view.scale);
    return [{ place, x: x * view.scale + view.x, y: y * view.scale + view.y }];
  });
}
