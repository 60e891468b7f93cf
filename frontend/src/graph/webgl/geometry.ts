/** The marks and the arrow glyphs as three.js geometries, made once; three's y goes up, the page's goes down. */
import { CircleGeometry, Path, RingGeometry, Shape, ShapeGeometry, type BufferGeometry, type InstancedMesh } from "three";
import { ARROW_GLYPHS } from "../arrow-glyphs";
import { POLYGONS, type Mark } from "../../theme/marks";
import type { MessageKind } from "../../playback/messages";

type Point = readonly [number, number];

const up = (points: readonly Point[]) => points.map(([x, y]): Point => [x, -y]);

function trace<P extends Path>(path: P, points: readonly Point[]): P {
  up(points).forEach(([x, y], index) => {
    if (index === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  path.closePath();
  return path;
}

const shapes = (mark: Mark) => POLYGONS[mark].map((points) => trace(new Shape(), points));

const hollow = (): Shape[] => {
  const [circle = []] = POLYGONS.circle;
  const ring = trace(new Shape(), circle);
  ring.holes.push(trace(new Path(), circle.map(([x, y]): Point => [x * 0.72, y * 0.72])));
  return [ring];
};

const build = (mark: Mark): BufferGeometry => new ShapeGeometry(mark === "hollow" ? hollow() : shapes(mark));

export const MARK_GEOMETRY: Record<Mark, BufferGeometry> = {
  circle: build("circle"),
  hollow: build("hollow"),
  hexagon: build("hexagon"),
  bars: build("bars"),
  cross: build("cross"),
  triangle: build("triangle"),
  diamond: build("diamond"),
  pentagon: build("pentagon"),
  square: build("square"),
};

/** A circle of a few pixels: nobody sees more corners than these, and a thousand of them are drawn in a frame. */
export const SMALL_CIRCLE = new CircleGeometry(1, 12);

const arrow = (kind: MessageKind): BufferGeometry => {
  const { outline, hole } = ARROW_GLYPHS[kind];
  const shape = trace(new Shape(), outline);
  if (hole) shape.holes.push(trace(new Path(), hole));
  return new ShapeGeometry(shape);
};

export const ARROW_GEOMETRY: Record<MessageKind, BufferGeometry> = {
  out: arrow("out"),
  back: arrow("back"),
  finn: arrow("finn"),
  other: arrow("other"),
};

/** A ring of short arcs: of a node that is missing nobody knows how far it came. */
function dashedRing(): BufferGeometry {
  const [inner, outer, arcs] = [1.22, 1.5, 12];
  const shapes = Array.from({ length: arcs }, (_, arc) => {
    const from = (2 * Math.PI * arc) / arcs;
    const to = from + Math.PI / arcs;
    const shape = new Shape();
    shape.absarc(0, 0, outer, from, to, false);
    shape.absarc(0, 0, inner, to, from, true);
    shape.closePath();
    return shape;
  });
  return new ShapeGeometry(shapes);
}

/** Rings around a mark: how far a node is in the wave, and which one is selected. */
export const RING = {
  reached: new RingGeometry(1.24, 1.33, 48),
  done: new RingGeometry(1.2, 1.4, 48),
  missing: dashedRing(),
  decided: new RingGeometry(1.49, 1.62, 48),
  selected: new CircleGeometry(1.85, 48),
} as const;

/** Shows the first `count` instances of a mesh, and sends only those to the graphics processor. */
export function showInstances(mesh: InstancedMesh, count: number): void {
  mesh.count = count;
  if (count === 0) return;
  for (const attribute of [mesh.instanceMatrix, mesh.instanceColor]) {
    if (!attribute) continue;
    attribute.clearUpdateRanges();
    attribute.addUpdateRange(0, count * attribute.itemSize);
    attribute.needsUpdate = true;
  }
}
