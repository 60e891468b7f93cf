/** Very many nodes in WebGL: one InstancedMesh for each kind of mark, filled in the frame loop. */
import { useFrame } from "@react-three/fiber";
import { useEffect, useRef } from "react";
import { Color, InstancedMesh, Matrix4, MeshBasicMaterial, type Group } from "three";
import type { GraphProps } from "../props";
import { showsLoad, type Mark } from "../../theme/marks";
import { useView } from "../../state/view";
import { lookOf } from "../scene";
import { markRadius, viewport } from "../viewport";
import { MARK_GEOMETRY, SMALL_CIRCLE, showInstances } from "./geometry";

const MARKS = Object.keys(MARK_GEOMETRY) as Mark[];
const IGNORE_POINTER = () => null;
/** Marks that stand out are drawn larger, or nobody finds them among a thousand. */
const SIZE: Partial<Record<Mark, number>> = { hexagon: 1.5, cross: 1.5, triangle: 1.5, bars: 1.3, hollow: 1.2 };
const RIM = 1.3;
/** Circles smaller than this, in pixels, are drawn with few corners. */
const SMALL_PX = 7;
const PHASE_SIZE = { idle: 0.75, reached: 1.25, done: 1.05, decided: 1.5, missing: 1.5 } as const;

function flat(mark: Mark, capacity: number, order: number, colour: string): InstancedMesh {
  const material = new MeshBasicMaterial({ color: colour, transparent: true, depthTest: false });
  const mesh = new InstancedMesh(MARK_GEOMETRY[mark], material, capacity);
  mesh.frustumCulled = false;
  mesh.raycast = IGNORE_POINTER;
  mesh.renderOrder = order;
  mesh.count = 0;
  return mesh;
}

function meshes(capacity: number): Record<Mark, InstancedMesh> {
  const make = (mark: Mark) => flat(mark, capacity, 3, "#ffffff");
  return {
    circle: make("circle"), hollow: make("hollow"), hexagon: make("hexagon"), bars: make("bars"),
    cross: make("cross"), triangle: make("triangle"), diamond: make("diamond"), pentagon: make("pentagon"),
    square: make("square"),
  };
}

export function Overview({ network, drawing, tokens }: GraphProps) {
  const group = useRef<Group>(null);
  const made = useRef<Record<Mark, InstancedMesh> | null>(null);
  const rims = useRef<InstancedMesh | null>(null);
  const matrix = useRef(new Matrix4());
  const colour = useRef(new Color());

  useEffect(() => {
    const parent = group.current;
    const all = meshes(drawing.x.length);
    for (const mark of MARKS) parent?.add(all[mark]);
    // The dark end of the scale needs a rim to be seen on a dark ground.
    const rim = flat("circle", drawing.x.length, 2, tokens.nodeEdge);
    parent?.add(rim);
    made.current = all;
    rims.current = rim;
    return () => {
      made.current = rims.current = null;
      parent?.remove(rim);
      rim.dispose();
      for (const mark of MARKS) {
        parent?.remove(all[mark]);
        all[mark].dispose();
      }
    };
  }, [drawing, tokens]);

  useFrame(() => {
    const byMark = made.current;
    const rim = rims.current;
    if (!byMark || !rim) return;
    const { selection, hovered } = useView.getState();
    const { scale } = viewport.get();
    const radius = markRadius(drawing, scale) / scale;
    byMark.circle.geometry = rim.geometry = radius * scale < SMALL_PX ? SMALL_CIRCLE : MARK_GEOMETRY.circle;
    const counts = new Map<Mark, number>();
    for (let node = 0; node < drawing.x.length; node++) {
      const look = lookOf(network, node);
      if (!look) return;
      const marked = hovered === node || (selection?.type === "node" && selection.name === network.names[node]);
      const at = counts.get(look.mark) ?? 0;
      counts.set(look.mark, at + 1);
      const size = radius * (SIZE[look.mark] ?? 1) * (look.phase ? PHASE_SIZE[look.phase] : 1) * (marked ? 1.8 : 1);
      matrix.current.makeScale(size, size, 1);
      matrix.current.setPosition(drawing.x[node] ?? 0, -(drawing.y[node] ?? 0), 0);
      byMark[look.mark].setMatrixAt(at, matrix.current);
      if (look.mark === "circle") {
        matrix.current.makeScale(size * RIM, size * RIM, 1);
        matrix.current.setPosition(drawing.x[node] ?? 0, -(drawing.y[node] ?? 0), 0);
        rim.setMatrixAt(at, matrix.current);
      }
      const plain = showsLoad(look.mark);
      byMark[look.mark].setColorAt(at, colour.current.set(marked ? tokens.accent : look.phase === "missing" ? tokens.bad : plain ? look.fill : tokens.ink));
    }
    showInstances(rim, counts.get("circle") ?? 0);
    for (const mark of MARKS) showInstances(byMark[mark], counts.get(mark) ?? 0);
  });

  return <group ref={group} />;
}
