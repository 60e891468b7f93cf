/** One node in WebGL: reads the stores in the frame loop, so that new figures cause no React work at all. */
import { useFrame } from "@react-three/fiber";
import { useRef } from "react";
import { type Group, type Mesh, type MeshBasicMaterial } from "three";
import type { GraphProps } from "../props";
import { useView } from "../../state/view";
import { showsLoad } from "../../theme/marks";
import { lookOf } from "../scene";
import { xOf, yOf } from "../glide";
import { markRadius, viewport } from "../viewport";
import { MARK_GEOMETRY, RING } from "./geometry";

type Flat = Mesh<Mesh["geometry"], MeshBasicMaterial>;

const IGNORE_POINTER = () => null;
const EDGE = { plain: 1.12, overloaded: 1.3 } as const;
/** Nodes that the wave has not reached yet step back. */
const IDLE_OPACITY = 0.45;

export function NodeMark({ network, node, drawing, tokens }: GraphProps & { node: number }) {
  const name = network.names[node] ?? "";
  const group = useRef<Group>(null);
  const fill = useRef<Flat>(null);
  const edge = useRef<Flat>(null);
  const phaseRing = useRef<Flat>(null);
  const decidedRing = useRef<Flat>(null);
  const selectionMark = useRef<Flat>(null);

  useFrame(() => {
    const look = lookOf(network, node);
    if (!look || !group.current || !fill.current || !edge.current) return;
    if (!phaseRing.current || !decidedRing.current || !selectionMark.current) return;
    const { selection, hovered } = useView.getState();
    const { scale } = viewport.get();
    group.current.position.set(xOf(drawing, node), -yOf(drawing, node), 0);
    group.current.scale.setScalar(markRadius(drawing, scale) / scale);

    const geometry = MARK_GEOMETRY[look.mark];
    fill.current.geometry = geometry;
    edge.current.geometry = geometry;
    const down = !showsLoad(look.mark);
    edge.current.visible = !down;
    edge.current.scale.setScalar(look.condition === "overloaded" ? EDGE.overloaded : EDGE.plain);
    fill.current.material.color.set(down ? tokens.ink : look.fill);
    const opacity = look.phase === "idle" ? IDLE_OPACITY : 1;
    fill.current.material.opacity = opacity;
    edge.current.material.opacity = opacity;

    const { phase } = look;
    phaseRing.current.visible = phase !== null && phase !== "idle";
    phaseRing.current.geometry = phase === "missing" ? RING.missing : phase === "reached" ? RING.reached : RING.done;
    phaseRing.current.material.color.set(phase === "missing" ? tokens.bad : phase === "reached" ? tokens.muted : tokens.ink);
    decidedRing.current.visible = phase === "decided";
    selectionMark.current.visible = hovered === node || (selection?.type === "node" && selection.name === name);
  });

  return (
    <group ref={group}>
      <mesh ref={selectionMark} geometry={RING.selected} raycast={IGNORE_POINTER} renderOrder={1} visible={false}>
        <meshBasicMaterial color={tokens.accent} transparent opacity={0.28} depthTest={false} />
      </mesh>
      <mesh ref={edge} geometry={MARK_GEOMETRY.circle} raycast={IGNORE_POINTER} renderOrder={2}>
        <meshBasicMaterial color={tokens.nodeEdge} transparent depthTest={false} />
      </mesh>
      <mesh ref={fill} geometry={MARK_GEOMETRY.circle} raycast={IGNORE_POINTER} renderOrder={3}>
        <meshBasicMaterial transparent depthTest={false} />
      </mesh>
      <mesh ref={phaseRing} geometry={RING.reached} raycast={IGNORE_POINTER} renderOrder={4} visible={false}>
        <meshBasicMaterial color={tokens.ink} transparent depthTest={false} />
      </mesh>
      <mesh ref={decidedRing} geometry={RING.decided} raycast={IGNORE_POINTER} renderOrder={4} visible={false}>
        <meshBasicMaterial color={tokens.ink} transparent depthTest={false} />
      </mesh>
    </group>
  );
}
