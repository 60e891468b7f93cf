/** Names, ports and loads above the drawing, as HTML: sharp at every zoom, the same for both renderers. */
import { useMemo } from "react";
import { OVERVIEW_FROM } from "../../layout/choose";
import type { Drawing } from "../../layout/drawing";
import type { Network } from "../../stream/state";
import { useLab } from "../../stream/store";
import { usePlayback } from "../../playback/store";
import { useEvery, useViewport } from "../../app/hooks";
import { useView } from "../../app/view";
import { useWords } from "../../words/use";
import { placeLabels } from "../labels";
import { lookOf } from "../scene";
import { markRadius } from "../viewport";
import { pageScale, textWidth } from "./measure";

const LABEL_INTERVAL_MS = 250;
const LINE_PX = { name: 15, detail: 14 } as const;
/** Labels keep clear of the rings that a wave draws around a mark. */
const RINGS_SHARE = 1.42;
/** From this radius on the load stands inside the mark. */
const INSIDE_FROM_PX = 12;

interface LabelsProps {
  network: Network;
  drawing: Drawing;
}

export function Labels({ network, drawing }: LabelsProps) {
  const words = useWords();
  const view = useViewport();
  const lab = useEvery(LABEL_INTERVAL_MS, useLab, (state) => state.lab);
  useEvery(LABEL_INTERVAL_MS, usePlayback, (state) => state.position);
  const hovered = useView((state) => state.hovered);
  const selection = useView((state) => state.selection);
  const many = network.names.length > OVERVIEW_FROM;
  const radius = markRadius(drawing, view.scale);
  const inside = radius >= INSIDE_FROM_PX;
  const picked = selection?.type === "node" ? (network.indexOf.get(selection.name) ?? null) : null;

  // Placement depends on the scale alone: while panning every label stays where it is.
  const placed = useMemo(() => {
    if (many) return null;
    const larger = pageScale();
    const boxes = network.names.map((name, node) => ({
      x: (drawing.x[node] ?? 0) * view.scale,
      y: (drawing.y[node] ?? 0) * view.scale,
      width: larger * (Math.max(textWidth(name, 600), textWidth(inside ? ":00000" : ":00000 · 00/0", 400)) + 2),
      height: larger * (LINE_PX.name + LINE_PX.detail),
    }));
    const inner = (node: number) => (network.roles[node] === "leaf" ? 1 : 0);
    const order = network.names.map((_, node) => node).sort((a, b) => inner(a) - inner(b) || a - b);
    return placeLabels(boxes, order, radius * RINGS_SHARE, drawing.sideways);
  }, [network, drawing, view.scale, radius, inside, many]);

  if (lab?.network !== network) return null;
  const shown = many ? [...new Set([hovered, picked])].filter((node) => node !== null) : network.names.map((_, node) => node);
  return (
    <div className="labels" aria-hidden="true">
      {shown.map((node) => {
        const look = lookOf(lab, node);
        const cpu = network.cpus[node] ?? 1;
        const x = (drawing.x[node] ?? 0) * view.scale;
        const y = (drawing.y[node] ?? 0) * view.scale;
        const near = hovered === node || picked === node;
        const place = placed?.[node] ?? (near ? { left: x, top: y + radius * RINGS_SHARE + 3, align: "center" as const } : null);
        const floating = placed?.[node] === null || many;
        const state = look.condition === "up" ? "" : words.conditions[look.condition];
        return (
          <div key={node}>
            {inside && look.mark !== "bars" && look.mark !== "cross" && (
              <span
                className="label-load"
                style={{
                  transform: `translate(${x + view.x}px, ${y + view.y}px) translate(-50%, -50%)`,
                  fontSize: `${Math.min(13, radius * 0.78)}px`,
                  color: look.mark === "hollow" ? "var(--tw-ink)" : look.ink,
                }}
              >
                {look.load}/{cpu}
              </span>
            )}
            {place && (
              <span
                className={near || floating ? "label label-near" : "label"}
                data-align={floating ? "float" : place.align}
                style={{ transform: `translate(${place.left + view.x}px, ${place.top + view.y}px)` }}
              >
                <b>{network.names[node]}</b>
                <small>
                  :{network.ports[node]}
                  {(!inside || floating) && ` · ${look.load}/${cpu}`}
                  {state && <i data-condition={look.condition}> {state}</i>}
                </small>
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
