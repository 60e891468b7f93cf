/** How wide a text of a label is in pixels, measured once for each text and weight. */

const FONT_PX = 12;

/** How much larger the page is set than usual (projectors): the root's font size over 16. */
export const pageScale = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

export function textWidth(text: string, weight: 400 | 600): number {
  const key = `${weight} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * FONT_PX * 0.58;
  context.font = `${weight} ${FONT_PX}px Inter, sans-serif`;
  const width = Math.ceil(context.measureText(text).width);
  known.set(key, width);
  return width;
}
