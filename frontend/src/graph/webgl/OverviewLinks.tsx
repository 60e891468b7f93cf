/** The links of very many nodes in WebGL: one object of plain lines, a pixel wide at every zoom. */
import { useEffect, useMemo } from "react";
import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments } from "three";
import type { Drawing } from "../layout/drawing";
import type { Tokens } from "../../theme/tokens";
import type { Network } from "../../state/lab";

/** The two ends of every link, one after the other: x, y, z with y up. */
export function linkEnds(network: Network, drawing: Drawing): Float32Array {
  const ends = new Float32Array(network.links.length * 6);
  network.links.forEach(([a, b], link) => {
    [a, b].forEach((node, end) => {
      ends[link * 6 + end * 3] = drawing.x[node] ?? 0;
      ends[link * 6 + end * 3 + 1] = -(drawing.y[node] ?? 0);
    });
  });
  return ends;
}

export function OverviewLinks({ network, drawing, tokens }: { network: Network; drawing: Drawing; tokens: Tokens }) {
  const lines = useMemo(() => {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(linkEnds(network, drawing), 3));
    const made = new LineSegments(geometry, new LineBasicMaterial({ color: tokens.link, depthTest: false }));
    made.frustumCulled = false;
    made.raycast = () => null;
    made.renderOrder = 1;
    return made;
  }, [network, drawing, tokens]);
  useEffect(
    () => () => {
      lines.geometry.dispose();
      lines.material.dispose();
    },
    [lines],
  );
  return <primitive object={lines} />;
}
