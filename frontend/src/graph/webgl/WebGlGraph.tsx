/**
 * The network in WebGL: reagraph's canvas, camera and controls, with our own marks and links in it. It gets one node that
 * never changes, to have something to look at: a component a node and a tube a link cost a second to make and most of
 * every frame, and each new list of them a new layout, so that all jumped where a node joined.
 */
import interUrl from "@fontsource/inter/files/inter-latin-400-normal.woff?url";
import { useMemo, useRef } from "react";
import { GraphCanvas, lightTheme, type GraphCanvasRef, type GraphEdge, type GraphNode, type Theme } from "reagraph";
import { OVERVIEW_FROM } from "../layout/choose";
import type { Tokens } from "../../theme/tokens";
import type { GraphProps } from "../props";
import { ZOOM } from "../viewport";
import { FrameLoop } from "./FrameLoop";
import { Flights } from "./Flights";
import { Links } from "./Links";
import { NodeMark } from "./NodeMark";
import { Overview } from "./Overview";
import { OverviewLinks } from "./OverviewLinks";

const NODES: GraphNode[] = [{ id: "0" }];
const EDGES: GraphEdge[] = [];
const LAYOUT = {
  getNodePosition: (id: string) => ({ id, x: 0, y: 0, z: 0, data: {}, links: [], index: 0, vx: 0, vy: 0 }),
};
const drawNothing = () => null;

function themeOf(tokens: Tokens): Theme {
  return { ...lightTheme, canvas: { background: tokens.ground } };
}

export default function WebGlGraph({ network, drawing, tokens }: GraphProps) {
  const graph = useRef<GraphCanvasRef | null>(null);
  const many = network.names.length > OVERVIEW_FROM;
  const theme = useMemo(() => themeOf(tokens), [tokens]);
  return (
    <GraphCanvas
      ref={graph}
      nodes={NODES}
      edges={EDGES}
      theme={theme}
      layoutType="custom"
      layoutOverrides={LAYOUT}
      cameraMode="orthographic"
      minZoom={ZOOM.least}
      maxZoom={ZOOM.most}
      animated={false}
      labelType="none"
      labelFontUrl={interUrl}
      edgeArrowPosition="none"
      renderNode={drawNothing}
    >
      <FrameLoop graph={graph} drawing={drawing} />
      {many && <OverviewLinks network={network} drawing={drawing} tokens={tokens} />}
      {many && <Overview network={network} drawing={drawing} tokens={tokens} />}
      {!many && <Links network={network} drawing={drawing} tokens={tokens} />}
      {!many && network.names.map((name, node) => <NodeMark key={name} network={network} node={node} drawing={drawing} tokens={tokens} />)}
      <Flights network={network} drawing={drawing} tokens={tokens} />
    </GraphCanvas>
  );
}
