/** Very many nodes in WebGL: one InstancedMesh for each kind of mark, filled in the frame loop. */
import { useFrame } from "@react-three/fiber";
import { useEffect, useRef } from "react";
import { Color, InstancedMesh, Matrix4, MeshBasicMaterial, type Group } from "three";
import type { Drawing } from "../../layout/drawing";
import type { Mark } from "../../look/marks";
import type { Tokens } from "../../look/tokens";
import { useLab } from "../../stream/store";
import { useView } from "../../app/view";
import { lookOf } from "../scene";
import { markRadius, viewport } from "../viewport";
import { MARK_GEOMETRY } from "./geometry";

const MARKS = Object.keys(MARK_GEOMETRY) as Mark[];
const IGNORE_POINTER = () => null;
/** Marks that stand out are drawn larger, or nobody finds them among a thousand. */
const SIZE: Partial<Record<Mark, number>> = { hexagon: 1.5, cross: 1.5, triangle: 1.5, bars: 1.3, hollow: 1.2 };
const PHASE_SIZE = { idle: 0.75, reached: 1.25, done: 1.05, decided: 1.5 } as const;

function meshes(capacity: number): Record<Mark, InstancedMesh> {
  const make = (mark: Mark) => {
    const mesh = new InstancedMesh(
      MARK_GEOMETRY[mark], new MeshBasicMaterial({ transparent: true, depthTest: false }), capacity,
    );
    mesh.frustumCulled = false;
    mesh.raycast = IGNORE_POINTER;
    mesh.renderOrder = 3;
    mesh.count = 0;
    return mesh;
  };
  return {
    circle: make("circle"), hollow: make("hollow"), hexagon: make("hexagon"), bars: make("bars"),
    cross: make("cross"), triangle: make("triangle"), diamond: make("diamond"),
  };
}

export function Overview({ drawing, tokens }: { drawing: Drawing; tokens: Tokens }) {
  const group = useRef<Group>(null);
  const made = useRef<Record<Mark, InstancedMesh> | null>(null);
  const matrix = useRef(new Matrix4());
  const colour = useRef(new Color());

  useEffect(() => {
    const parent = group.current;
    const all = meshes(drawing.x.length);
    for (const mark of MARKS) parent?.add(all[mark]);
    made.current = all;
    return () => {
      made.current = null;
      for (const mark of MARKS) {
        parent?.remove(all[mark]);
        all[mark].dispose();
      }
    };
  }, [drawing]);

  useFrame(() => {
    const byMark = made.current;
    const { lab } = useLab.getState();
    if (!byMark || lab?.network.names.length !== drawing.x.length) return;
    const { selection, hovered } = useView.getState();
    const { scale } = viewport.get();
    const radius = markRadius(drawing, scale) / scale;
    const counts = new Map<Mark, number>();
    for (let node = 0; node < drawing.x.length; node++) {
      const look = lookOf(lab, node);
      const marked = hovered === node || (selection?.type === "node" && selection.name === lab.network.names[node]);
      const at = counts.get(look.mark) ?? 0;
      counts.set(look.mark, at + 1);
      const size = radius * (SIZE[look.mark] ?? 1) * (look.phase ? PHASE_SIZE[look.phase] : 1) * (marked ? 1.8 : 1);
      matrix.current.makeScale(size, size, 1);
      matrix.current.setPosition(drawing.x[node] ?? 0, -(drawing.y[node] ?? 0), 0);
      byMark[look.mark].setMatrixAt(at, matrix.current);
      const plain = look.mark === "circle" || look.mark === "hexagon" || look.mark === "diamond";
      byMark[look.mark].setColorAt(at, colour.current.set(marked ? tokens.accent : plain ? look.fill : tokens.ink));
    }
    for (const mark of MARKS) {
      const mesh = byMark[mark];
      mesh.count = counts.get(mark) ?? 0;
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
    }
  });

  return <group ref={group} />;
}
