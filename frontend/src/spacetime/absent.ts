/** Draws the arrows that are missing in a run: from nodes to a step that did not wait for them. */
import type { Brush } from "./brush";
import type { Picture } from "./paint";
import { xOf, yOf } from "./view";

export interface Absent {
  step: number;
  nodes: readonly number[];
}

/** How far before the step the missing arrow begins where its node has no step (columns). */
const BEFORE = 0.8;

export function paintAbsent(context: Brush, { run, layout, pane, tokens }: Picture, { step, nodes }: Absent): void {
  const at = run.steps[step];
  if (!at) return;
  const [x2, y2] = [xOf(pane, layout.x[step] ?? 0), yOf(pane, layout.laneOf[at.node] ?? 0)];
  context.strokeStyle = tokens.bad;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  for (const node of nodes) {
    const y1 = yOf(pane, layout.laneOf[node] ?? 0);
    const x1 = Math.max(pane.names + 4, x2 - BEFORE * pane.column);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const [x, y] = [x2 - 10 * Math.cos(angle), y2 - 10 * Math.sin(angle)];
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x, y);
    for (const turn of [0.4, -0.4]) {
      context.moveTo(x, y);
      context.lineTo(x - 8 * Math.cos(angle + turn), y - 8 * Math.sin(angle + turn));
    }
    context.stroke();
  }
  context.setLineDash([]);
}
