/** The links of a network that is no overview, in WebGL: bars of the same width at every zoom, which follow their nodes. */
import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo } from "react";
import { InstancedMesh, Matrix4, MeshBasicMaterial, PlaneGeometry } from "three";
import { xOf, yOf } from "../glide";
import type { GraphProps } from "../props";
import { viewport } from "../viewport";
import { showInstances } from "./geometry";

const WIDTH_PX = 1.8;

export function Links({ network, drawing, tokens }: GraphProps) {
  const bars = useMemo(() => {
    const material = new MeshBasicMaterial({ color: tokens.link, transparent: true, depthTest: false });
    const made = new InstancedMesh(new PlaneGeometry(1, 1), material, Math.max(1, network.links.length));
    made.frustumCulled = false;
    made.raycast = () => null;
    return made;
  }, [network, tokens]);
  const matrix = useMemo(() => new Matrix4(), []);
  useEffect(
    () => () => {
      bars.geometry.dispose();
      bars.material.dispose();
      bars.dispose();
    },
    [bars],
  );
  useFrame(() => {
    const wide = WIDTH_PX / viewport.get().scale;
    network.links.forEach(([a, b], link) => {
      const [ax, ay, bx, by] = [xOf(drawing, a), -yOf(drawing, a), xOf(drawing, b), -yOf(drawing, b)];
      const [dx, dy] = [bx - ax, by - ay];
      const far = Math.hypot(dx, dy) || 1;
      // Along the link as long as it is, across it as wide as a link is.
      matrix.set(
        dx, (-dy / far) * wide, 0, (ax + bx) / 2,
        dy, (dx / far) * wide, 0, (ay + by) / 2,
        0, 0, 1, 0,
        0, 0, 0, 1,
      );
      bars.setMatrixAt(link, matrix);
    });
    showInstances(bars, network.links.length);
  });
  return <primitive object={bars} />;
}
