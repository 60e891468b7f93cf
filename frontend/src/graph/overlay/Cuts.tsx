/** The links of nodes that are cut off, drawn as cut: a gap and two strokes across. Over both renderers. */
import { useTokens } from "../../theme/mantine";
import { usePlayback } from "../../playback/store";
import { useEvery } from "../../state/hooks";
import type { Network } from "../../state/lab";
import { useLab } from "../../state/lab-store";
import type { Drawing } from "../layout/drawing";
import { lookOf } from "../scene";
import { useViewport } from "../use-viewport";

const CUTS_INTERVAL_MS = 150;
/** Pixels: half the gap in a link, and half a stroke across it. */
const GAP = 5;
const STROKE = 8;

export function Cuts({ network, drawing }: { network: Network; drawing: Drawing }) {
  const tokens = useTokens();
  const view = useViewport();
  useEvery(CUTS_INTERVAL_MS, useLab, (state) => state.lab?.nodes.cut);
  useEvery(CUTS_INTERVAL_MS, usePlayback, (state) => state.steps);
  const isCut = network.names.map((_, node) => lookOf(network, node)?.cut ?? false);
  if (!isCut.includes(true)) return null;
  return (
    <svg className="arrows" aria-hidden="true" data-testid="cuts">
      {network.links.filter(([a, b]) => isCut[a] === true || isCut[b] === true).map(([a, b]) => {
        const [ax, ay] = [(drawing.x[a] ?? 0) * view.scale, (drawing.y[a] ?? 0) * view.scale];
        const [bx, by] = [(drawing.x[b] ?? 0) * view.scale, (drawing.y[b] ?? 0) * view.scale];
        const angle = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI;
        return (
          <g key={`${a}:${b}`} transform={`translate(${(ax + bx) / 2 + view.x} ${(ay + by) / 2 + view.y}) rotate(${angle})`}>
            <rect x={-GAP} y={-STROKE / 2} width={2 * GAP} height={STROKE} fill={tokens.ground} />
            {[-GAP, GAP].map((x) => (
              <line key={x} x1={x - 2} y1={STROKE} x2={x + 2} y2={-STROKE} stroke={tokens.bad} strokeWidth={2.5} />
            ))}
          </g>
        );
      })}
    </svg>
  );
}
