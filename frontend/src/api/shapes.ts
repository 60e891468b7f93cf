/** What `GET /shapes` says of the networks that the lab can generate, and which sizes they can have. */
import { readDescription } from "./rest";
import type { NetworkShape, ShapeParameter } from "./types";

export async function listShapes(): Promise<readonly NetworkShape[]> {
  return (await readDescription("/shapes")) as NetworkShape[];
}

const nodesOf = (shape: NetworkShape): ShapeParameter | undefined =>
  shape.parameters.find(({ name }) => name === "nodes");

/** The shape has a size by itself: chance decides it, as in the lab course's tree. */
export const hasOwnSize = (shape: NetworkShape): boolean => (nodesOf(shape)?.default ?? null) === null;

/** The size nearest to the wish that the shape can have with at most `most` nodes. */
export function sizeFor(shape: NetworkShape, wish: number, most: number): number {
  const nodes = nodesOf(shape);
  if (!nodes) return wish;
  const size = Math.min(Math.max(nodes.minimum, wish), nodes.maximum, most);
  if (!nodes.power_of_two) return size;
  // Of the two powers around the size the nearer one, by ratio; the lower where the upper is too large.
  const power = 2 ** Math.max(1, Math.round(Math.log2(size)));
  return power > Math.min(nodes.maximum, most) ? power / 2 : power;
}
