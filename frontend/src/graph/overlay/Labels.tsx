/** Names, ports and loads above the drawing, as HTML: sharp at every zoom, the same for both renderers. */
import { useMemo } from "react";
import { OVERVIEW_FROM } from "../layout/choose";
import type { Drawing } from "../layout/drawing";
import type { Network } from "../../state/lab";
import { useLab } from "../../state/lab-store";
import { usePlayback } from "../../playback/store";
import { useEvery } from "../../state/hooks";
import { useView } from "../../state/view";
import { useTranslation } from "../../i18n/use-translation";
import { placeLabels, type Preference } from "../labels";
import { lookOf, type NodeLook } from "../scene";
import { xOf, yOf } from "../glide";
import { useGlide, useViewport } from "../use-viewport";
import { labelBounds, markRadius, nodesInView, type Rect } from "../viewport";
import { arrowPositions, type ArrowPosition } from "../arrow-positions";
import { pageScale, textWidth } from "./measure";

const LABEL_INTERVAL_MS = 250;
/** Of very many nodes those in view are named, once they are no more than this. */
const NAMED_IN_VIEW = 40;
const LINE_PX = { name: 15, detail: 14 } as const;
/** Labels keep clear of the rings that a wave draws around a mark. */
const RINGS_SHARE = 1.5;
/** From this radius on the load stands inside the mark. */
const INSIDE_FROM_PX = 12;

/** As large as a load can stand inside its mark. */
const insideSize = (radius: number, text: string): number =>
  Math.min(20, radius * 0.78, (radius * 2.6) / text.length);

const preferenceOf = (drawing: Drawing): Preference =>
  drawing.sideways ? "beside" : drawing.kind === "circle" ? "outwards" : "below";

/** The room of an arrow with its number. */
const arrowRect = ({ x, y }: ArrowPosition): Rect => ({ left: x - 13, top: y - 9, right: x + 13, bottom: y + 9 });

/**
 * The second line: the state where it is not plain, the port where there is room, the load where the mark has none.
 * A state that would cover the next label is left to the shape of the mark, and so is a third line.
 */
function detailOf(look: NodeLook, cpu: number, port: number, state: string, room: { brief: boolean; inside: boolean; near: boolean; width: number }) {
  const load = room.inside ? "" : `${look.load}/${cpu}`;
  const plain = [room.brief ? "" : `:${port}`, load].filter(Boolean).join(" · ");
  if (!state || (!room.near && pageScale() * textWidth(state, 600) > room.width)) return plain;
  return <>{room.near && load}<i data-condition={look.condition}>{state}</i></>;
}

interface LabelsProps {
  network: Network;
  drawing: Drawing;
}

export function Labels({ network, drawing }: LabelsProps) {
  const words = useTranslation();
  const view = useViewport();
  useGlide();
  useEvery(LABEL_INTERVAL_MS, useLab, (state) => state.lab);
  useEvery(LABEL_INTERVAL_MS, usePlayback, (state) => state.position + state.steps);
  const hovered = useView((state) => state.hovered);
  const selection = useView((state) => state.selection);
  const arrows = useView((state) => state.messages === "arrows");
  const many = network.names.length > OVERVIEW_FROM;
  const { scale, width, height } = view;
  const radius = markRadius(drawing, scale);
  const inside = radius >= INSIDE_FROM_PX;
  /** How far apart two labels that stand side by side are at least. */
  const column = drawing.sideways ? Infinity : drawing.spacing * scale;
  const picked = selection?.type === "node" ? (network.indexOf.get(selection.name) ?? null) : null;

  // Of few nodes all are named. A text, so that what depends on it is done anew only when it has changed.
  const inView = many ? nodesInView(drawing, view) : [];
  const named = many ? (inView.length <= NAMED_IN_VIEW ? inView.join(" ") : "") : "all";

  // Placement depends on the scale and on who is named: while panning labels stay where they are.
  const placed = useMemo(() => {
    const all = network.names.map((_, node) => node);
    const nodes = named === "all" ? all : named.split(" ").filter(Boolean).map(Number);
    const obstacles = arrows ? arrowPositions(network, drawing, scale).map(arrowRect) : [];
    const larger = pageScale();
    const inner = (node: number) => (network.roles[node] === "leaf" ? 1 : 0);
    const order = nodes.map((_, at) => at).sort((a, b) => inner(nodes[a] ?? 0) - inner(nodes[b] ?? 0) || a - b);
    const place = (detail: string) => {
      const boxes = nodes.map((node) => ({
        x: (drawing.x[node] ?? 0) * scale,
        y: (drawing.y[node] ?? 0) * scale,
        width: larger * (Math.max(textWidth(network.names[node] ?? "", 600), textWidth(detail, 400)) + 4),
        height: larger * (LINE_PX.name + LINE_PX.detail),
      }));
      const places = placeLabels(
        boxes, order, radius * RINGS_SHARE, preferenceOf(drawing),
        labelBounds(drawing, { scale, width, height, x: 0, y: 0 }), obstacles,
      );
      return { boxes, places, at: new Map(nodes.map((node, at) => [node, at])) };
    };
    // All labels with ports if there is room for all of them, else all without.
    const full = place(inside ? ":00000" : ":00000 · 0/0");
    const whole = full.places.every((one) => one !== null);
    return { ...(whole ? full : place("00/0")), whole };
  }, [network, drawing, scale, width, height, radius, inside, named, arrows]);

  const shown = [...new Set([...placed.at.keys(), hovered, picked])].filter((node) => node !== null);
  return (
    <div className="labels" aria-hidden="true">
      {shown.map((node) => {
        const look = lookOf(network, node);
        if (!look) return null;
        const cpu = network.cpus[node] ?? 1;
        const x = xOf(drawing, node) * scale;
        const y = yOf(drawing, node) * scale;
        /** A place is where the label stands when its node does. */
        const behind = { x: x - (drawing.x[node] ?? 0) * scale, y: y - (drawing.y[node] ?? 0) * scale };
        const near = hovered === node || picked === node;
        const at = placed.at.get(node) ?? -1;
        const own = placed.places[at] ?? null;
        const place = (own && { ...own, left: own.left + behind.x, top: own.top + behind.y }) ?? (near ? { left: x, top: y + radius * RINGS_SHARE + 3, align: "center" as const } : null);
        const floating = own === null;
        const brief = !placed.whole && !near;
        const state = look.condition === "up" ? "" : words.conditions[look.condition];
        return (
          <div key={node}>
            {inside && look.mark !== "bars" && look.mark !== "cross" && (
              <span
                className="label-load"
                style={{
                  transform: `translate(${Math.round(x + view.x)}px, ${Math.round(y + view.y)}px) translate(-50%, -50%)`,
                  fontSize: `${insideSize(radius, `${look.load}/${cpu}`)}px`,
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
                style={{
                  transform: `translate(${Math.round(place.left + view.x)}px, ${Math.round(place.top + view.y)}px)`,
                  ...(!floating && { width: placed.boxes[at]?.width }),
                }}
              >
                <b>{network.names[node]}</b>
                <small>
                  {detailOf(look, cpu, network.ports[node] ?? 0, state, { brief, inside: inside && !floating, near, width: Math.max(column, placed.boxes[at]?.width ?? 0) })}
                </small>
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
