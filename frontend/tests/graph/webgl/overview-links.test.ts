import { expect, it } from "vitest";
import { linkEnds } from "../../../src/graph/webgl/OverviewLinks";
import { drawingOf } from "../../../src/graph/scene";
import { reduce } from "../../../src/state/lab";
import { snapshot } from "../../fixtures";

it("draws each link from one end to the other, y upwards", () => {
  const network = reduce(null, snapshot())?.network;
  if (!network) throw new Error("a snapshot is always taken");
  const drawing = drawingOf(network, 1.5);
  const end = (node: number) => [drawing.x[node] ?? 0, -(drawing.y[node] ?? 0), 0];
  const expected = network.links.flatMap(([a, b]) => [...end(a), ...end(b)]);
  expect([...linkEnds(network, drawing)]).toEqual(expected.map(Math.fround));
});
