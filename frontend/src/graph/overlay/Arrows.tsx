/** Numbered arrows in place of moving dots: which message went over which link, in which order. Nothing moves. */
import { useMemo } from "react";
import type { Drawing } from "../layout/drawing";
import { arrowGlyphPath, kindColour } from "../arrow-glyphs";
import type { Tokens } from "../../theme/tokens";
import { arcText, arcsOf } from "../../playback/arcs";
import { countUntil } from "../../playback/moment";
import { usePlayback } from "../../playback/store";
import type { Network } from "../../state/lab";
import { useEvery } from "../../state/hooks";
import { arrowPosition } from "../arrow-positions";
import { useViewport } from "../use-viewport";
import { markRadius } from "../viewport";

const ARROWS_INTERVAL_MS = 100;
/** Numbers written out at one arrow. */
const WRITTEN = 2;
/** On links shorter than this the arrow stands alone, without a number. */
const SHORTEST_PX = 30;

export function Arrows({ network, drawing, tokens }: { network: Network; drawing: Drawing; tokens: Tokens }) {
  const view = useViewport();
  const schedule = usePlayback((state) => state.schedule);
  const steps = useEvery(ARROWS_INTERVAL_MS, usePlayback, (state) => state.steps);
  const recorded = usePlayback((state) => state.network);
  const arcs = useMemo(() => (schedule ? arcsOf(schedule) : []), [schedule]);
  if (!schedule || recorded !== network) return null;
  const radius = markRadius(drawing, view.scale);
  return (
    <svg className="arrows" aria-hidden="true" data-testid="arrows">
      {arcs.map((arc) => {
        const sent = countUntil(arc.sent.length, (i) => arc.sent[i] ?? 0, steps - 1);
        if (sent === 0) return null;
        const place = arrowPosition(drawing, arc.from, arc.to, view.scale);
        const kind = arc.kinds[sent - 1] ?? "other";
        const x = place.x + view.x;
        const y = place.y + view.y;
        const outside = { x: x - Math.sin(place.angle) * 12, y: y + Math.cos(place.angle) * 12 };
        return (
          <g key={`${arc.from}:${arc.to}`} fill={kindColour(tokens, kind)}>
            <path d={arrowGlyphPath(kind)} fillRule="evenodd" transform={`translate(${x} ${y}) rotate(${(place.angle * 180) / Math.PI}) scale(5.5)`} />
            {place.far - 2 * radius > SHORTEST_PX && (
              <text x={outside.x} y={outside.y}>{arcText(arc.numbers.slice(0, sent), WRITTEN)}</text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
