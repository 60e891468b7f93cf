/** Messages on their way, in SVG: a pool of glyphs that one subscription moves, without React. */
import { useEffect, useRef } from "react";
import { arrowGlyphPath, kindColour } from "../arrow-glyphs";
import { usePlayback } from "../../playback/store";
import { useView } from "../../state/view";
import { eachFlight } from "../scene";
import { markRadius, viewport } from "../viewport";
import { arrowSize } from "../arrow-size";
import type { GraphProps } from "../props";

const SVG = "http://www.w3.org/2000/svg";
/** More glyphs than this at one moment are not drawn; the counter still counts them. */
const CAPACITY = 400;

export function SvgFlights({ network, drawing, tokens }: GraphProps) {
  const group = useRef<SVGGElement>(null);
  useEffect(() => {
    const parent = group.current;
    if (!parent) return;
    const pool: SVGPathElement[] = [];
    const move = () => {
      let used = 0;
      if (useView.getState().messages === "dots") {
        const { scale } = viewport.get();
        const radius = markRadius(drawing, scale);
        const size = arrowSize(radius) / scale;
        eachFlight(network, drawing, scale, radius, (flight) => {
          if (used >= CAPACITY) return;
          let glyph = pool[used];
          if (!glyph) {
            glyph = document.createElementNS(SVG, "path");
            glyph.setAttribute("fill-rule", "evenodd");
            pool.push(glyph);
            parent.append(glyph);
          }
          used += 1;
          const degrees = (flight.angle * 180) / Math.PI;
          glyph.setAttribute("d", arrowGlyphPath(flight.kind));
          glyph.setAttribute("fill", kindColour(tokens, flight.kind));
          glyph.setAttribute("opacity", flight.strength.toFixed(2));
          glyph.setAttribute("transform", `translate(${flight.x} ${flight.y}) rotate(${degrees}) scale(${size})`);
          glyph.style.display = "";
        });
      }
      for (const glyph of pool.slice(used)) glyph.style.display = "none";
    };
    move();
    const stops = [usePlayback.subscribe(move), useView.subscribe(move), viewport.subscribe(move)];
    return () => {
      for (const stop of stops) stop();
      for (const glyph of pool) glyph.remove();
    };
  }, [network, drawing, tokens]);
  return <g ref={group} data-testid="svg-flights" />;
}
