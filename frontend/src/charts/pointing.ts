/** What a reader does on a chart besides pointing: a press, a brush, and the same by keys, as a slider along the time. */
import { useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject } from "react";
import type uPlot from "uplot";
import { clockTime } from "../i18n/format";
import { BRUSH_PX, indexUnder, pointAt } from "./plot";
import { indexBefore } from "./scale";

export interface Pointed {
  /** A span of time was drawn over, or zoomed to by keys (unix s). */
  onBrush?: ((since: number, until: number) => void) | undefined;
  /** A point was pressed, by its index among the times; by keys nothing but the time is pointed at. */
  onPick?: ((at: number, byKeys: boolean) => void) | undefined;
}

interface Told extends Pointed {
  name: string;
  summary: string;
  time: readonly number[];
  range: [number, number];
  /** The values of a point in words. */
  tell: (at: number) => string;
}

const MANY = 10;
/** Points by which a key moves the cursor. */
const STEPS: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -MANY, PageDown: MANY, Home: -Infinity, End: Infinity };
/** How much of the span is left by one key. */
const ZOOM: Partial<Record<string, number>> = { "+": 0.5, "=": 0.5, "-": 2 };

/** `range` grown or shrunk by `factor` around `time`, whose place in it stays. */
export function zoomed([since, until]: readonly [number, number], time: number, factor: number): [number, number] {
  return [time - (time - since) * factor, time + (until - time) * factor];
}

/** Attributes and handlers of a chart: a picture where nothing can be done, else a slider. */
export function usePointing(plot: RefObject<uPlot | null>, told: Told) {
  const pressed = useRef<number | null>(null);
  /** Where keys have put the cursor (unix s): the points go on beneath it. */
  const [moment, setMoment] = useState<number | null>(null);
  const { name, summary, time, range, onBrush, onPick } = told;
  if (!onBrush) return { role: "img", "aria-label": summary } as const;

  const indexOf = (wanted: number | null) => (wanted === null ? time.length - 1 : Math.max(0, indexBefore(time, wanted)));
  const index = indexOf(moment);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || time.length === 0) return;
    const from = (moment === null && plot.current ? indexUnder(plot.current) : null) ?? index;
    const step = STEPS[event.key];
    const factor = ZOOM[event.key];
    if (step !== undefined) {
      const first = Math.max(0, indexBefore(time, range[0]));
      const last = Math.max(first, indexBefore(time, range[1]));
      const next = time[Math.max(first, Math.min(last, from + step * (event.shiftKey ? MANY : 1)))] ?? range[1];
      setMoment(next);
      if (plot.current) pointAt(plot.current, next);
    } else if (factor !== undefined) onBrush(...zoomed(range, time[from] ?? range[1], factor));
    else if (event.key === "Enter" && onPick) onPick(from, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = time[index] ?? range[1];
  return {
    role: "slider",
    tabIndex: 0,
    "aria-label": `${name}. ${summary}`,
    "aria-valuemin": range[0],
    "aria-valuemax": range[1],
    "aria-valuenow": shown,
    "aria-valuetext": time.length > 0 ? `${clockTime(shown)}: ${told.tell(index)}` : "–",
    "data-pickable": onPick !== undefined,
    onKeyDown,
    onBlur: () => { setMoment(null); },
    onMouseDown: (event: MouseEvent) => { pressed.current = event.clientX; },
    onClick: (event: MouseEvent) => {
      const pointed = plot.current && indexUnder(plot.current);
      const moved = pressed.current === null || Math.abs(event.clientX - pressed.current) >= BRUSH_PX;
      if (!moved && pointed !== null) onPick?.(pointed, false);
    },
  } as const;
}
