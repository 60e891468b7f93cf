/** Where labels go: greedy placement, each label in the first place in which it covers no other label and no mark. */

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

interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const GAP_PX = 3;

const overlaps = (a: Rectangle, b: Rectangle) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function candidates(box: LabelBox, radius: number, sideways: boolean): Placed[] {
  const { x, y, width, height } = box;
  const away = radius + GAP_PX;
  const below: Placed = { left: x - width / 2, top: y + away, align: "center" };
  const lower: Placed = { left: x - width / 2, top: y + away + height + 1, align: "center" };
  const above: Placed = { left: x - width / 2, top: y - away - height, align: "center" };
  const right: Placed = { left: x + away + 2, top: y - height / 2, align: "left" };
  const left: Placed = { left: x - away - 2 - width, top: y - height / 2, align: "right" };
  return sideways ? [right, above, below, left] : [below, right, lower, above, left];
}

/** A place for each label in order of importance, null where there is none; marks are kept free. */
export function placeLabels(boxes: readonly LabelBox[], order: readonly number[], radius: number, sideways: boolean) {
  const marks = boxes.map(({ x, y }) => ({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }));
  const taken: Rectangle[] = [];
  const placed: (Placed | null)[] = boxes.map(() => null);
  for (const node of order) {
    const box = boxes[node];
    if (!box) continue;
    for (const place of candidates(box, radius, sideways)) {
      const area = {
        left: place.left - 1, top: place.top, right: place.left + box.width + 1, bottom: place.top + box.height,
      };
      if (taken.some((other) => overlaps(area, other))) continue;
      if (marks.some((mark, other) => other !== node && overlaps(area, mark))) continue;
      taken.push(area);
      placed[node] = place;
      break;
    }
  }
  return placed;
}
