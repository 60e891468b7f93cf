/**
 * Where a table of any height is scrolled to. Pure.
 *
 * A browser makes no element higher than some 33 million pixels (Firefox 17), so a table that would be higher than
 * `MOST_PX` is drawn in one of that height, and two numbers say where it is: `top`, of the table as it would be, and
 * `real`, of the element. A step (the wheel, a key, a finger) moves both by the same pixels, so no row is skipped; a
 * leap (the scroll bar) sets `top` by the share of the way that `real` is. When scrolling rests, `real` is set where
 * that share says, so that neither end comes too soon. Near both ends the two run in step.
 */

/** Highest element that is made (px). */
export const MOST_PX = 8_000_000;
/** So near to an end, both run in step (px). */
const IN_STEP_PX = 200_000;
/** What moves further than so many views at once is a leap. */
const STEP_VIEWS = 2;

/** Of a table: how high it would be, and how much of it is seen (px). */
export interface Extent {
  total: number;
  view: number;
}

export interface Place {
  top: number;
  real: number;
}

export const heightOf = ({ total }: Extent): number => Math.min(total, MOST_PX);

const farthest = ({ total, view }: Extent): number => Math.max(0, total - view);
const farthestReal = (extent: Extent): number => Math.max(0, heightOf(extent) - extent.view);

/** A length as it is at the other scale: in step near both ends, in between by its share. */
function rescaled(at: number, from: number, to: number): number {
  const inside = Math.min(Math.max(at, 0), from);
  if (from === to || inside <= IN_STEP_PX) return Math.min(inside, to);
  if (inside >= from - IN_STEP_PX) return Math.max(0, to - (from - inside));
  return IN_STEP_PX + ((inside - IN_STEP_PX) * (to - 2 * IN_STEP_PX)) / (from - 2 * IN_STEP_PX);
}

/** The place where the table as it would be is scrolled to `top`. */
export function placeAt(top: number, extent: Extent): Place {
  const inside = Math.min(Math.max(top, 0), farthest(extent));
  return { top: inside, real: Math.round(rescaled(inside, farthest(extent), farthestReal(extent))) };
}

/** The place where the element has been scrolled to `real`. */
export function scrolledTo(real: number, before: Place, extent: Extent): Place {
  const end = farthestReal(extent);
  const leaps = Math.abs(real - before.real) > STEP_VIEWS * extent.view || real <= 0 || real >= end;
  const top = leaps ? rescaled(real, end, farthest(extent)) : before.top + real - before.real;
  return { top: Math.min(Math.max(top, 0), farthest(extent)), real };
}

/** The rows that are seen at `top`, with `around` more before and behind; the second is behind the last. */
export function rowsAt(top: number, { total, view }: Extent, rowPx: number, around: number): [number, number] {
  const count = Math.round(total / rowPx);
  return [Math.max(0, Math.floor(top / rowPx) - around), Math.min(count, Math.ceil((top + view) / rowPx) + around)];
}
