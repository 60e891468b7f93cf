/** The glyph of a message: pointed in its direction, a shape and a colour for each kind. Units of its size, pointing right. */
import type { MessageKind } from "../playback/messages";
import type { Tokens } from "../theme/tokens";

type Point = [number, number];

export interface ArrowGlyph {
  outline: Point[];
  hole: Point[] | null;
}

/** Out: a full arrowhead. Back: a hollow one. Finn: a kite. Other: a blunt arrow. */
export const ARROW_GLYPHS: Record<MessageKind, ArrowGlyph> = {
  out: { outline: [[1.25, 0], [-0.9, 0.95], [-0.45, 0], [-0.9, -0.95]], hole: null },
  back: {
    outline: [[1.3, 0], [-0.95, 1.05], [-0.95, -1.05]],
    hole: [[0.5, 0], [-0.55, 0.45], [-0.55, -0.45]],
  },
  finn: { outline: [[1.3, 0], [-0.1, 0.8], [-1.1, 0], [-0.1, -0.8]], hole: null },
  other: { outline: [[1.2, 0], [0.2, 0.9], [-0.9, 0.9], [-0.9, -0.9], [0.2, -0.9]], hole: null },
};

export const KINDS: readonly MessageKind[] = ["out", "back", "finn", "other"];

export const kindColour = (tokens: Tokens, kind: MessageKind): string => tokens[kind];

export function arrowGlyphPath(kind: MessageKind): string {
  const { outline, hole } = ARROW_GLYPHS[kind];
  const ring = (points: Point[]) => `M${points.map(([x, y]) => `${x} ${y}`).join("L")}Z`;
  return ring(outline) + (hole ? ring(hole) : "");
}
