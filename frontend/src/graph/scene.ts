/** What a renderer draws, taken from the stores: how each node looks now, and where each message of the playback is. */
import { draw } from "./layout/choose";
import type { Drawing } from "./layout/drawing";
import { inkOn, hex, loadColour } from "../theme/scale";
import { conditionOf, markOf, type Condition, type Mark } from "../theme/marks";
import type { Message, MessageKind } from "../playback/messages";
import { onTheirWay } from "../playback/moment";
import type { NodeThen, Phase } from "../playback/schedule";
import { nodesNow, usePlayback } from "../playback/store";
import { isLeaving } from "../state/deploy";
import type { Lab, Network } from "../state/lab";
import { useLab } from "../state/lab-store";

export interface NodeLook {
  condition: Condition;
  mark: Mark;
  fill: string;
  ink: string;
  load: number;
  cut: boolean;
  phase: Phase | null;
}

/**
 * What the stage shows: the lab as it is, or a recorded wave on the network and with the states of its own time. Where
 * a wave is over and its network is still the lab's, the states are those of now, and the rings tell what the wave did.
 */
export interface Stage {
  network: Network;
  recorded: boolean;
}

export function stageOf(lab: Network | null, playback: { network: Network | null; state: string }): Stage | null {
  const { network, state } = playback;
  if (network && (network !== lab || (state !== "ended" && state !== "running"))) return { network, recorded: true };
  return lab && { network: lab, recorded: false };
}

export const stageNow = (): Stage | null => stageOf(useLab.getState().lab?.network ?? null, usePlayback.getState());

export const loadOf = (lab: Lab, node: number): number => lab.nodes.load[node] ?? 0;

export const conditionIn = (lab: Lab, node: number): Condition =>
  conditionOf(
    lab.nodes.state[node] ?? "starting", loadOf(lab, node), lab.network.cpus[node] ?? 1, lab.settings.max_cpu,
    isLeaving(lab, lab.network.names[node]),
  );

/** What a node is now in the lab. */
const nodeIn = (lab: Lab, node: number): NodeThen => ({
  state: lab.nodes.state[node] ?? "starting", cut: lab.nodes.cut[node] ?? false, load: loadOf(lab, node),
});

/** How a node of the stage's network looks now; null where the stage shows another network. */
export function lookOf(network: Network, node: number): NodeLook | null {
  const { lab } = useLab.getState();
  const stage = stageNow();
  if (!lab || stage?.network !== network) return null;
  const played = usePlayback.getState().network === network ? nodesNow() : null;
  const { state, cut, load } = (stage.recorded ? played?.nodes[node] : null) ?? nodeIn(lab, node);
  const cpu = network.cpus[node] ?? 1;
  const colour = loadColour(load, cpu);
  const leaving = !stage.recorded && isLeaving(lab, network.names[node]);
  const condition = conditionOf(state, load, cpu, lab.settings.max_cpu, leaving);
  return {
    condition,
    mark: markOf(condition),
    fill: hex(colour),
    ink: inkOn(colour),
    load,
    cut,
    phase: played?.phases[node] ?? null,
  };
}

const drawings = new WeakMap<Network, Map<number, Drawing>>();

/** The drawing of a network, made once for each aspect: it stays the same while nodes come and go. */
export function drawingOf(network: Network, aspect: number): Drawing {
  const known = drawings.get(network) ?? new Map<number, Drawing>();
  drawings.set(network, known);
  let drawing = known.get(aspect);
  if (!drawing) known.set(aspect, (drawing = draw(network, aspect)));
  return drawing;
}

/** A message as a renderer places it: in screen-independent parts, so that both renderers agree. */
export interface Flight {
  x: number;
  y: number;
  /** Radians, y down. */
  angle: number;
  kind: MessageKind;
  /** 1 at full strength; a lost message fades. */
  strength: number;
}

/** Messages keep to the right of their link, by this many pixels, so that two directions do not meet. */
const LANE_PX = 4.5;

/** Places a message on its way; `pixel` is the length of a pixel and `rim` the radius of a node, both in world units. */
export function placeFlight(drawing: Drawing, from: number, to: number, part: number, pixel: number, rim: number) {
  const ax = drawing.x[from] ?? 0;
  const ay = drawing.y[from] ?? 0;
  const dx = (drawing.x[to] ?? 0) - ax;
  const dy = (drawing.y[to] ?? 0) - ay;
  const far = Math.hypot(dx, dy) || 1;
  const start = Math.min(rim, far / 3);
  const along = (start + (far - 2 * start) * part) / far;
  const lane = (LANE_PX * pixel) / far;
  return { x: ax + dx * along - dy * lane, y: ay + dy * along + dx * lane, angle: Math.atan2(dy, dx) };
}

/** Calls `visit` for each message that is on its way now. */
export function eachFlight(network: Network, drawing: Drawing, scale: number, rimPx: number, visit: (flight: Flight) => void) {
  const { schedule, position, steps, state, network: recorded } = usePlayback.getState();
  if (!schedule || state === "ended" || recorded !== network) return;
  onTheirWay(schedule, position, steps, (message: Message, part: number) => {
    const gone = message.lost ? 0.6 * part : part;
    const strength = message.lost ? 1 - part : 1;
    const place = placeFlight(drawing, message.from, message.to, gone, 1 / scale, rimPx / scale);
    visit({ ...place, kind: message.kind, strength });
  });
}
