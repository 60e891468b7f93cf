/** Where the names of nodes stand: none over another one or over a mark; of those that have no place the list tells. */
import { placeLabels } from "../../graph/labels";
import { textWidth } from "../../graph/overlay/measure";
import { onScreen, type Camera, type Size } from "./camera";
import type { Drawn } from "./network";

/** So many nodes have their names in the drawing; of more only the chosen one. */
const NAMED_UP_TO = 150;
/** The whole name stands in the list. */
const NAME_CHARACTERS = 24;
const LINE_PX = 15;

export interface Name {
  text: string;
  /** From the middle of the mark to the upper left corner (px). */
  dx: number;
  dy: number;
}

const shortened = (name: string): string => (name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name);

/** The names by the ids of their nodes; the chosen one has the first choice. */
export function namesIn(drawn: Drawn, camera: Camera, size: Size, radius: number, scale: number, chosen: number | null): Map<number, Name> {
  const nodes = drawn.nodes.length <= NAMED_UP_TO ? drawn.nodes : drawn.nodes.filter(({ id }) => id === chosen);
  const boxes = nodes.map((node) => {
    const { x, y } = onScreen(camera, size, node.x, node.y);
    return { x: x - size.width / 2, y: y - size.height / 2, width: textWidth(shortened(node.name), 400) * scale, height: LINE_PX * scale };
  });
  const [across, down] = [size.width / 2, size.height / 2];
  const order = nodes.map((_, at) => at).sort((a, b) => Number(nodes[b]?.id === chosen) - Number(nodes[a]?.id === chosen));
  const places = placeLabels(boxes, order, radius, "below", { left: -across, top: -down, right: across, bottom: down });
  return new Map(nodes.flatMap((node, at): [number, Name][] => {
    const [place, box] = [places[at], boxes[at]];
    return place && box ? [[node.id, { text: shortened(node.name), dx: place.left - box.x, dy: place.top - box.y }]] : [];
  }));
}
