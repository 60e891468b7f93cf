/**
 * What the pictures of a run are painted with where they become an SVG file. What `spacetime/paint.ts` and
 * `paint-stage.ts` use more has to be added to `Brush`, and here.
 */
import type { Brush } from "../../../spacetime/brush";

/** A number as short as a hundredth of a pixel allows. */
const short = (value: number): string => String(Math.round(value * 100) / 100);

/** A text as it may stand in XML, which knows no control characters. */
export const xml = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

class SvgPath {
  data = "";

  moveTo(x: number, y: number): void { this.data += `M${short(x)} ${short(y)}`; }
  lineTo(x: number, y: number): void { this.data += `L${short(x)} ${short(y)}`; }
  closePath(): void { this.data += "Z"; }
  rect(x: number, y: number, width: number, height: number): void {
    this.data += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }
  /** Whole circles only: that is all that is painted. */
  arc(x: number, y: number, radius: number): void {
    const r = short(radius);
    this.data += `M${short(x + radius)} ${short(y)}A${r} ${r} 0 1 1 ${short(x - radius)} ${short(y)}A${r} ${r} 0 1 1 ${short(x + radius)} ${short(y)}Z`;
  }
}

/** How far below the place of a text its letters stand, in sizes of the type. */
const BASELINES: Readonly<Partial<Record<CanvasTextBaseline, number>>> = { top: 0.82, middle: 0.35, bottom: -0.18 };
const ANCHORS: Readonly<Partial<Record<CanvasTextAlign, string>>> = { center: "middle", end: "end", right: "end" };

export class SvgContext implements Brush {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private readonly parts: string[] = [];
  private readonly saved: number[] = [];
  private path = new SvgPath();
  private dashes: readonly number[] = [];
  private groups = 0;
  private clips = 0;

  /** @param widthOf says how wide a text is in a font (px). */
  constructor(private readonly widthOf: (text: string, font: string) => number) {}

  createPath(): Path2D { return new SvgPath() as unknown as Path2D; }

  save(): void { this.saved.push(this.groups); }

  restore(): void {
    for (const until = this.saved.pop() ?? 0; this.groups > until; this.groups--) this.parts.push("</g>");
  }

  clip(): void {
    this.clips += 1;
    this.groups += 1;
    this.parts.push(`<clipPath id="clip${this.clips}"><path d="${this.path.data}"/></clipPath><g clip-path="url(#clip${this.clips})">`);
  }

  beginPath(): void { this.path = new SvgPath(); }
  moveTo(x: number, y: number): void { this.path.moveTo(x, y); }
  lineTo(x: number, y: number): void { this.path.lineTo(x, y); }
  arc(x: number, y: number, radius: number): void { this.path.arc(x, y, radius); }
  rect(x: number, y: number, width: number, height: number): void { this.path.rect(x, y, width, height); }
  closePath(): void { this.path.closePath(); }

  fill(path?: unknown): void { this.draw(path, `fill="${this.fillStyle}"`); }
  stroke(path?: unknown): void { this.draw(path, this.line()); }

  /** Nothing is there that a picture begins with. */
  clearRect(): void { this.parts.length = 0; }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${this.fillStyle}"${this.opacity()}/>`);
  }

  setLineDash(dashes: Iterable<number>): void { this.dashes = [...dashes]; }

  fillText(text: string, x: number, y: number, room?: number): void { this.write(text, x, y, room, `fill="${this.fillStyle}"`); }
  strokeText(text: string, x: number, y: number, room?: number): void { this.write(text, x, y, room, this.line()); }

  /** The file. */
  text(width: number, height: number, title: string, ground: string): string {
    const [w, h] = [short(width), short(height)];
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img">`,
      `<title>${xml(title)}</title>`, `<rect width="${w}" height="${h}" fill="${ground}"/>`, ...this.parts, "</svg>", "",
    ].join("\n");
  }

  private draw(path: unknown, look: string): void {
    const { data } = path instanceof SvgPath ? path : this.path;
    if (data !== "") this.parts.push(`<path d="${data}" ${look}${this.opacity()}/>`);
  }

  private line(): string {
    const dashes = this.dashes.length > 0 ? ` stroke-dasharray="${this.dashes.join(" ")}"` : "";
    return `fill="none" stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}"${dashes}`;
  }

  private opacity(): string { return this.globalAlpha === 1 ? "" : ` opacity="${short(this.globalAlpha)}"`; }

  private write(text: string, x: number, y: number, room: number | undefined, look: string): void {
    const [weight, size = "10", family = "sans-serif"]: (string | undefined)[] = /^(?:(\d+) )?([\d.]+)px (.*)$/u.exec(this.font)?.slice(1) ?? [];
    const below = y + Number(size) * (BASELINES[this.textBaseline] ?? 0);
    const anchor = ANCHORS[this.textAlign];
    const narrowed = room !== undefined && this.widthOf(text, this.font) > room ? ` textLength="${short(room)}" lengthAdjust="spacingAndGlyphs"` : "";
    this.parts.push(
      `<text x="${short(x)}" y="${short(below)}" font-size="${size}" font-family="${xml(family)}"${weight === undefined ? "" : ` font-weight="${weight}"`}${anchor === undefined ? "" : ` text-anchor="${anchor}"`}`
      + `${narrowed} ${look}${this.opacity()}>${xml(text)}</text>`,
    );
  }
}
