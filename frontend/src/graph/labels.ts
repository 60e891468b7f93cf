/** Where labels go: greedy placement, each label in the first place in which it covers no other label and no mark. */
import type { Rect } from "./viewport";

export interface LabelBox {
  /** Centre of the mark, in pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed {
  /** Top left corner. */
  left: number;
  top: number;
  align: "center" | "left" | "right";
}

/** Which side of a mark is tried first: below, beside, or away from the middle of the drawing. */
export type Preference = "below" | "beside" | "outwards";

const GAP_PX = 3;

const overlaps = (a: Rect, b: Rect) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function candidates(box: LabelBox, radius: number, preference: Preference): Placed[] {
  const { x, y, width, height } = box;
  const away = radius + GAP_PX;
  const below: Placed = { left: x - width / 2, top: y + away, align: "center" };
  const lower: Placed = { left: x - width / 2, top: y + away + height + 1, align: "center" };
  const above: Placed = { left: x - width / 2, top: y - away - height, align: "center" };
  const right: Placed = { left: x + away + 2, top: y - height / 2, align: "left" };
  const left: Placed = { left: x - away - 2 - width, top: y - height / 2, align: "right" };
  if (preference === "beside") return [right, above, below, left];
  if (preference === "below") return [below, right, lower, above, left];
  const side = x > 0 ? right : left;
  const end = y > 0 ? below : above;
  return Math.abs(x) > 1.5 * Math.abs(y) ? [side, end, below, above] : [end, side, below, above];
}

/**
 * A place for each label in order of importance, null where there is none; marks and `obstacles` are kept free.
 * Coordinates are pixels around the drawing's centre; `bounds` is where labels may stand at all.
 */
export function placeLabels(
  boxes: readonly LabelBox[],
  order: readonly number[],
  radius: number,
  preference: Preference,
  bounds: Rect,
  obstacles: readonly Rect[] = [],
): (Placed | null)[] {
  const marks = boxes.map(({ x, y }) => ({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }));
  const taken: Rect[] = [...obstacles];
  const placed: (Placed | null)[] = boxes.map(() => null);
  for (const node of order) {
    const box = boxes[node];
    if (!box) continue;
    for (const place of candidates(box, radius, preference)) {
      const area = {
        left: place.left - 1, top: place.top, right: place.left + box.width + 1, bottom: place.top + box.height,
      };
      if (area.left < bounds.left || area.right > bounds.right) continue;
      if (area.top < bounds.top || area.bottom > bounds.bottom) continue;
      if (taken.some((other) => overlaps(area, other))) continue;
      if (marks.some((mark, other) => other !== node && overlaps(area, mark))) continue;
      taken.push(area);
      placed[node] = place;
      break;
    }
  }
  return placed;
}
