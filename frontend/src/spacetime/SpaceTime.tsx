/**
 * The space-time diagram of a run: a lane for each node, an arrow for each message.
 *
 * Only what is seen is drawn: the canvas is as large as the pane and stays where it is, and an empty box behind it, as
 * large as the whole diagram, gives the pane its scroll bars.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSize } from "../state/hooks";
import { useTextScale } from "../state/text-scale";
import { useTokens } from "../theme/mantine";
import type { Absent } from "./absent";
import type { Cone } from "./causality";
import type { Layout } from "./layout";
import { coloursOf, paint } from "./paint";
import { arrowAt, type Pointed } from "./pointing";
import type { Run } from "./steps";
import { useCanvas } from "./use-canvas";
import { LANE_PX, NAMES_PX, type Pane, scrolledTo, sizeOf, stepAt, TYPE_PX } from "./view";

interface Props {
  run: Run;
  layout: Layout;
  position: number;
  focus: { step: number; cone: Cone } | null;
  /** Whether what is to come is not drawn. */
  secret?: boolean;
  /** Width of a column (px). */
  column: number;
  /** What is said of the picture to whoever does not see it. */
  about: string;
  choose: (step: number) => void;
  /** The step under the pointer, or null. */
  look: (step: number | null) => void;
  /** The arrows that are missing, if any. */
  absent?: Absent | null;
  /** The name of the lane that some nodes share. */
  together?: string;
  /** The message under the pointer, or null. */
  point?: (pointed: Pointed | null) => void;
}

export function SpaceTime({ run, layout, position, focus, secret = false, column, about, choose, look, absent = null, together = "", point }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(scroller);
  const tokens = useTokens();
  const scale = useTextScale();
  const [{ left, top }, setPlace] = useState({ left: 0, top: 0 });
  const pane = useMemo<Pane>(() => ({
    width, height, left, top, column: column * scale * layout.scale, lane: LANE_PX * scale, names: Math.min(NAMES_PX * scale, width / 3),
  }), [width, height, left, top, column, scale, layout.scale]);
  const colours = useMemo(() => coloursOf(run, tokens), [run, tokens]);
  const draw = useCallback((context: CanvasRenderingContext2D) => {
    const family = getComputedStyle(context.canvas).fontFamily;
    paint(context, { run, layout, pane, tokens, position, focus, secret, colours, type: { size: TYPE_PX * scale, family }, absent, together });
  }, [run, layout, pane, tokens, position, focus, secret, colours, scale, absent, together]);
  useCanvas(canvas, width, height, draw);
  const measured = height > 0;
  const latest = useRef(pane);
  useEffect(() => { latest.current = pane; });
  useEffect(() => {
    const step = run.steps[position];
    if (!step || !measured) return;
    scroller.current?.scrollTo(scrolledTo(layout, latest.current, position, step.node));
  }, [run, layout, position, column, measured]);
  const under = (event: React.PointerEvent | React.MouseEvent): number | null => {
    const box = canvas.current?.getBoundingClientRect();
    return box ? stepAt(run, layout, pane, event.clientX - box.left, event.clientY - box.top) : null;
  };
  const messageUnder = (event: React.MouseEvent): Pointed | null => {
    const box = canvas.current?.getBoundingClientRect();
    const flight = box ? arrowAt(run, layout, pane, event.clientX - box.left, event.clientY - box.top) : null;
    const secretly = secret && (run.flights[flight ?? -1]?.sentIn ?? 0) > position;
    return flight === null || secretly ? null : { flight, x: event.clientX, y: event.clientY };
  };
  return (
    <div
      ref={scroller}
      className="spacetime"
      data-testid="spacetime"
      tabIndex={0}
      role="img"
      aria-label={about}
      onScroll={(event) => { setPlace({ left: event.currentTarget.scrollLeft, top: event.currentTarget.scrollTop }); }}
      onPointerMove={(event) => {
        if (event.pointerType !== "mouse") return;
        const step = under(event);
        look(step);
        point?.(step === null ? messageUnder(event) : null);
      }}
      onPointerLeave={() => {
        look(null);
        point?.(null);
      }}
      onClick={(event) => {
        const step = under(event);
        if (step !== null) choose(step);
        point?.(step === null ? messageUnder(event) : null);
      }}
    >
      <canvas ref={canvas} style={{ width, height }} />
      <div className="spacetime-size" style={sizeOf(layout, pane)} />
    </div>
  );
}
