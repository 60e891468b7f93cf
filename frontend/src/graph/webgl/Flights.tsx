/** Messages on their way, in WebGL: one InstancedMesh for each kind, moved in the frame loop. */
import { useFrame } from "@react-three/fiber";
import { useEffect, useRef } from "react";
import { InstancedMesh, Matrix4, MeshBasicMaterial, Quaternion, Vector3, type Group } from "three";
import { KINDS, kindColour } from "../arrow-glyphs";
import type { Tokens } from "../../theme/tokens";
import type { MessageKind } from "../../playback/messages";
import { useView } from "../../state/view";
import { arrowSize } from "../arrow-size";
import { eachFlight } from "../scene";
import { markRadius, viewport } from "../viewport";
import type { GraphProps } from "../props";
import { ARROW_GEOMETRY, showInstances } from "./geometry";

/** More messages of one kind at one moment than this are not drawn; the counter still counts them. */
const CAPACITY = 2_000;
const IGNORE_POINTER = () => null;
const AXIS = new Vector3(0, 0, 1);
function meshes(tokens: Tokens): Record<MessageKind, InstancedMesh> {
  const make = (kind: MessageKind) => {
    const material = new MeshBasicMaterial({ color: kindColour(tokens, kind), transparent: true, depthTest: false });
    const mesh = new InstancedMesh(ARROW_GEOMETRY[kind], material, CAPACITY);
    mesh.frustumCulled = false;
    mesh.raycast = IGNORE_POINTER;
    mesh.renderOrder = 6;
    mesh.count = 0;
    return mesh;
  };
  return { out: make("out"), back: make("back"), finn: make("finn"), other: make("other") };
}

export function Flights({ network, drawing, tokens }: GraphProps) {
  const group = useRef<Group>(null);
  const made = useRef<Record<MessageKind, InstancedMesh> | null>(null);
  const work = useRef({ matrix: new Matrix4(), turn: new Quaternion(), place: new Vector3(), size: new Vector3() });

  useEffect(() => {
    const parent = group.current;
    const all = meshes(tokens);
    for (const kind of KINDS) parent?.add(all[kind]);
    made.current = all;
    return () => {
      made.current = null;
      for (const kind of KINDS) {
        parent?.remove(all[kind]);
        all[kind].dispose();
      }
    };
  }, [tokens]);

  useFrame(() => {
    const byKind = made.current;
    if (!byKind) return;
    const counts: Record<MessageKind, number> = { out: 0, back: 0, finn: 0, other: 0 };
    if (useView.getState().messages === "dots") {
      const { scale } = viewport.get();
      const radius = markRadius(drawing, scale);
      const unit = arrowSize(radius) / scale;
      const { matrix, turn, place, size } = work.current;
      eachFlight(network, drawing, scale, radius, (flight) => {
        const at = counts[flight.kind];
        if (at >= CAPACITY) return;
        counts[flight.kind] = at + 1;
        turn.setFromAxisAngle(AXIS, -flight.angle);
        place.set(flight.x, -flight.y, 0);
        size.setScalar(unit * (0.35 + 0.65 * flight.strength));
        byKind[flight.kind].setMatrixAt(at, matrix.compose(place, turn, size));
      });
    }
    for (const kind of KINDS) showInstances(byKind[kind], counts[kind]);
  });

  return <group ref={group} />;
}
