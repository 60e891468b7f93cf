/** The network as SVG: where WebGL2 is missing, and with ?renderer=svg. Same marks, same messages, same places. */
import { useRef } from "react";
import { pathOf, showsLoad } from "../../theme/marks";
import { useLab } from "../../state/lab-store";
import { useEvery } from "../../state/hooks";
import { useView } from "../../state/view";
import { usePlayback } from "../../playback/store";
import { lookOf } from "../scene";
import { xOf, yOf } from "../glide";
import { useGlide, useViewport } from "../use-viewport";
import { markRadius } from "../viewport";
import type { GraphProps } from "../props";
import { SvgFlights } from "./SvgFlights";
import { usePanZoom } from "./panzoom";

/** How often marks are drawn anew; messages move in every frame all the same. */
const MARKS_INTERVAL_MS = 100;
const RINGS = { reached: [1.29], done: [1.3], decided: [1.3, 1.56], idle: [], missing: [1.36] } as const;

function Marks({ network, drawing, tokens, radius }: GraphProps & { radius: number }) {
  useEvery(MARKS_INTERVAL_MS, useLab, (state) => state.lab);
  useEvery(MARKS_INTERVAL_MS, usePlayback, (state) => state.position + state.steps + (state.schedule ? 1e9 : 0));
  const hovered = useView((view) => view.hovered);
  const selection = useView((view) => view.selection);
  return network.names.map((name, node) => {
    const look = lookOf(network, node);
    if (!look) return null;
    const solid = showsLoad(look.mark);
    const marked = hovered === node || (selection?.type === "node" && selection.name === name);
    return (
      <g
        key={name}
        transform={`translate(${xOf(drawing, node)} ${yOf(drawing, node)}) scale(${radius})`}
        opacity={look.phase === "idle" ? 0.45 : 1}
        data-condition={look.condition}
        data-phase={look.phase}
        data-node={name}
      >
        {marked && <circle r={1.85} fill={tokens.accent} opacity={0.28} />}
        <path
          d={pathOf(look.mark)}
          fill={look.mark === "hollow" ? "none" : solid ? look.fill : tokens.ink}
          stroke={solid ? tokens.nodeEdge : tokens.ink}
          strokeWidth={look.mark === "hollow" ? 0.28 : solid ? (look.condition === "overloaded" ? 0.34 : 0.14) : 0}
        />
        {RINGS[look.phase ?? "idle"].map((ring) => (
          <circle
            key={ring}
            r={ring}
            fill="none"
            {...(look.phase === "missing"
              ? { stroke: tokens.bad, strokeWidth: 0.28, strokeDasharray: "0.36 0.36" }
              : { stroke: look.phase === "reached" ? tokens.muted : tokens.ink, strokeWidth: look.phase === "reached" ? 0.09 : ring > 1.4 ? 0.13 : 0.2 })}
          />
        ))}
      </g>
    );
  });
}

export function SvgGraph(props: GraphProps & { width: number; height: number }) {
  const { network, drawing, tokens, width, height } = props;
  const pane = useRef<SVGSVGElement>(null);
  usePanZoom(pane, drawing, width, height);
  const view = useViewport();
  useGlide();
  const radius = markRadius(drawing, view.scale) / view.scale;
  return (
    <svg ref={pane} className="svg-graph" width={width} height={height} data-testid="svg-graph" aria-hidden="true">
      <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
        <g stroke={tokens.link} strokeWidth={(network.names.length > 150 ? 1 : 1.8) / view.scale}>
          {network.links.map(([a, b]) => (
            <line key={`${a}-${b}`} x1={xOf(drawing, a)} y1={yOf(drawing, a)} x2={xOf(drawing, b)} y2={yOf(drawing, b)} />
          ))}
        </g>
        <Marks network={network} drawing={drawing} tokens={tokens} radius={radius} />
        <SvgFlights network={network} drawing={drawing} tokens={tokens} />
      </g>
    </svg>
  );
}
