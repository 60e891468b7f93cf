/** Which sizes a shape can have; the balancer checks again and says what is wrong. */

const LEAST: Record<string, number> = { ring: 3, "small-world": 5, "scale-free": 3 };

/** The lab course's tree rolls its own size. */
export const hasOwnSize = (shape: string): boolean => shape === "course";

/** The size nearest to the wish that the shape can have: a hypercube has a power of two of corners. */
export function sizeFor(shape: string, wish: number): number {
  if (shape === "hypercube") return 2 ** Math.max(1, Math.round(Math.log2(Math.max(2, wish))));
  return Math.max(LEAST[shape] ?? 1, wish);
}
