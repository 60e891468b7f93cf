/** The network in WebGL by reagraph: our own positions, our own marks, nodes and edges whose identity never changes. */
import interUrl from "@fontsource/inter/files/inter-latin-400-normal.woff?url";
import { useCallback, useMemo, useRef } from "react";
import { GraphCanvas, lightTheme, type GraphCanvasRef, type GraphEdge, type GraphNode, type Theme } from "reagraph";
import { OVERVIEW_FROM } from "../layout/choose";
import type { Tokens } from "../../theme/tokens";
import type { GraphProps } from "../props";
import { ZOOM } from "../viewport";
import { FrameLoop } from "./FrameLoop";
import { Flights } from "./Flights";
import { NodeMark } from "./NodeMark";
import { Overview } from "./Overview";
import { OverviewLinks } from "./OverviewLinks";

function themeOf(tokens: Tokens): Theme {
  const edge = { ...lightTheme.edge, fill: tokens.link, activeFill: tokens.link, opacity: 1, inactiveOpacity: 1 };
  return { ...lightTheme, canvas: { background: tokens.ground }, edge };
}

export default function WebGlGraph({ network, drawing, tokens }: GraphProps) {
  const graph = useRef<GraphCanvasRef | null>(null);
  const many = network.names.length > OVERVIEW_FROM;
  const theme = useMemo(() => themeOf(tokens), [tokens]);
  // Of an overview reagraph gets the root only, to have something to look at: a component a node and a tube a link
  // cost a second to make and most of every frame. Its ids are numbers: a name may be what every object has.
  const nodes = useMemo(
    (): GraphNode[] => (many ? network.names.slice(0, 1) : network.names).map((_, node) => ({ id: String(node) })),
    [network, many],
  );
  const edges = useMemo((): GraphEdge[] => {
    if (many) return [];
    return network.links.map(([a, b]) => ({ id: `${a}:${b}`, source: String(a), target: String(b), size: 3 }));
  }, [network, many]);
  const layout = useMemo(
    () => ({
      getNodePosition: (id: string) => {
        const node = Number(id);
        const position = { x: drawing.x[node] ?? 0, y: -(drawing.y[node] ?? 0), z: 0 };
        return { ...position, id, data: {}, links: [], index: node, vx: 0, vy: 0 };
      },
    }),
    [drawing],
  );
  const renderNode = useCallback(
    ({ id }: { id: string }) =>
      many ? null : <NodeMark network={network} node={Number(id)} drawing={drawing} tokens={tokens} />,
    [many, network, drawing, tokens],
  );
  return (
    <GraphCanvas
      // A new network is a new graph: nothing of the old one is moved about.
      key={`${network.version}:${drawing.kind}:${drawing.width.toFixed(0)}`}
      ref={graph}
      nodes={nodes}
      edges={edges}
      theme={theme}
      layoutType="custom"
      layoutOverrides={layout}
      cameraMode="orthographic"
      minZoom={ZOOM.least}
      maxZoom={ZOOM.most}
      animated={false}
      labelType="none"
      labelFontUrl={interUrl}
      edgeArrowPosition="none"
      renderNode={renderNode}
    >
      <FrameLoop graph={graph} drawing={drawing} />
      {many && <OverviewLinks network={network} drawing={drawing} tokens={tokens} />}
      {many && <Overview network={network} drawing={drawing} tokens={tokens} />}
      <Flights network={network} drawing={drawing} tokens={tokens} />
    </GraphCanvas>
  );
}
