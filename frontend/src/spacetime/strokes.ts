/**
 * Many lines and shapes of the same look, drawn some at a time.
 *
 * Measured in Chromium with 2,000 shapes: each by itself takes up to twice as long as `IN_PATH` in one path, for each sets
 * the look anew; all in one path take up to seven times as long, for where they cross is worked out among all of them.
 */
import { newPath, type Brush } from "./brush";

const IN_PATH = 32;

export interface Look {
  colour: string;
  /** Of the line (px); 0 fills instead. */
  width: number;
  alpha?: number;
  dashed?: boolean;
}

export class Strokes {
  private readonly open = new Map<string, { look: Look; path: Path2D; shapes: number }>();

  constructor(private readonly context: Brush) {}

  /** The path to which the next line or shape of this look goes. */
  path(look: Look): Path2D {
    const key = `${look.colour} ${look.width} ${look.alpha ?? 1} ${look.dashed ?? false}`;
    let found = this.open.get(key);
    if (found && found.shapes >= IN_PATH) {
      this.draw(found.look, found.path);
      found = undefined;
    }
    if (!found) this.open.set(key, (found = { look, path: newPath(this.context), shapes: 0 }));
    found.shapes += 1;
    return found.path;
  }

  /** Draws what is left. */
  end(): void {
    for (const { look, path } of this.open.values()) this.draw(look, path);
    this.open.clear();
    this.context.globalAlpha = 1;
    this.context.setLineDash([]);
  }

  private draw({ colour, width, alpha = 1, dashed = false }: Look, path: Path2D): void {
    const { context } = this;
    context.globalAlpha = alpha;
    if (width === 0) {
      context.fillStyle = colour;
      context.fill(path);
      return;
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dashed ? [4, 3] : []);
    context.stroke(path);
  }
}
