/** Numbered arrows in place of moving dots: which message went over which link, in which order. Nothing moves. */
import { useMemo } from "react";
import type { Drawing } from "../layout/drawing";
import { dartPath, kindColour } from "../darts";
import type { Tokens } from "../../theme/tokens";
import { arcText, arcsOf } from "../../playback/arcs";
import { countUntil } from "../../playback/moment";
import { usePlayback } from "../../playback/store";
import type { Network } from "../../state/lab";
import { useEvery, useViewport } from "../../state/hooks";
import { arrowSpot } from "../spots";
import { markRadius } from "../viewport";

const ARROWS_INTERVAL_MS = 100;
/** Numbers written out at one arrow. */
const WRITTEN = 2;
/** On links shorter than this the arrow stands alone, without a number. */
const SHORTEST_PX = 30;

export function Arrows({ network, drawing, tokens }: { network: Network; drawing: Drawing; tokens: Tokens }) {
  const view = useViewport();
  const schedule = usePlayback((state) => state.schedule);
  const position = useEvery(ARROWS_INTERVAL_MS, usePlayback, (state) => state.position);
  const arcs = useMemo(() => (schedule ? arcsOf(schedule) : []), [schedule]);
  if (!schedule) return null;
  const radius = markRadius(drawing, view.scale);
  return (
    <svg className="arrows" aria-hidden="true" data-testid="arrows">
      {arcs.map((arc) => {
        const sent = countUntil(arc.sent.length, (i) => arc.sent[i] ?? 0, position);
        const from = network.indexOf.get(schedule.nodes[arc.from] ?? "");
        const to = network.indexOf.get(schedule.nodes[arc.to] ?? "");
        if (sent === 0 || from === undefined || to === undefined) return null;
        const spot = arrowSpot(drawing, from, to, view.scale);
        const kind = arc.kinds[sent - 1] ?? "other";
        const x = spot.x + view.x;
        const y = spot.y + view.y;
        const outside = { x: x - Math.sin(spot.angle) * 12, y: y + Math.cos(spot.angle) * 12 };
        return (
          <g key={`${arc.from}:${arc.to}`} fill={kindColour(tokens, kind)}>
            <path d={dartPath(kind)} fillRule="evenodd" transform={`translate(${x} ${y}) rotate(${(spot.angle * 180) / Math.PI}) scale(5.5)`} />
            {spot.far - 2 * radius > SHORTEST_PX && (
              <text x={outside.x} y={outside.y}>{arcText(arc.numbers.slice(0, sent), WRITTEN)}</text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
