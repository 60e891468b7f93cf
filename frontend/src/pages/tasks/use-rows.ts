/** The rows of a table that are in view, of any number: which, and where each is drawn. All are equally high. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { flushSync } from "react-dom";
import { heightOf, placeAt, rowsAt, scrolledTo, type Extent, type Place } from "./scroll-scale";

/** Rows before and behind those that are seen. */
const AROUND = 12;
/** The first row's `aria-rowindex`: the heading has 1. */
export const FIRST_ROWINDEX = 2;
/** After so long without a scroll, it rests. */
const REST_MS = 200;

export interface Rows {
  /** What scrolls; its first child is the heading, which stays. */
  box: RefObject<HTMLDivElement | null>;
  /** The rows that are drawn: from the first to right before the end. */
  first: number;
  end: number;
  /** Height of the element that has them (px). */
  height: number;
  /** Where a row begins in it (px). */
  startOf: (row: number) => number;
  onScroll: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  toTop: () => void;
}

interface Drawn {
  first: number;
  end: number;
  /** By how much an element's place is less than the table's as it would be (px). */
  shift: number;
}

/**
 * Args:
 *   count: of all rows.
 *   rowPx: height of each.
 *   top: where it begins (px of the table as it would be); `moved` is told where it is then.
 */
export function useRows(count: number, rowPx: number, top: number, moved: (top: number) => void): Rows {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef<Place>({ top, real: top });
  const [drawn, setDrawn] = useState<Drawn>({ first: 0, end: 0, shift: 0 });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const extent = useCallback((): Extent => {
    const [seen, head] = [box.current?.clientHeight ?? 0, box.current?.firstElementChild?.clientHeight ?? 0];
    return { total: count * rowPx, view: Math.max(0, seen - head) };
  }, [count, rowPx]);

  /** Draws what is seen at a place. */
  const draw = useCallback((now: Place) => {
    place.current = now;
    moved(now.top);
    const [first, end] = rowsAt(now.top, extent(), rowPx, AROUND);
    const shift = now.top - now.real;
    const row = document.activeElement?.closest(".rows [aria-rowindex]");
    if (row && box.current?.contains(row)) {
      const at = Number(row.getAttribute("aria-rowindex")) - FIRST_ROWINDEX;
      if (at < first || at >= end) box.current.focus({ preventScroll: true }); // the row goes, and the keys are to work on
    }
    setDrawn((before) => (before.first === first && before.end === end && before.shift === shift ? before : { first, end, shift }));
  }, [extent, rowPx, moved]);

  /** Lets the element be where the table's place says, without a move of what is seen. */
  const settle = useCallback((wanted: number) => {
    const now = placeAt(wanted, extent());
    flushSync(() => { draw(now); });
    if (box.current && Math.abs(box.current.scrollTop - now.real) >= 1) box.current.scrollTop = now.real;
  }, [draw, extent]);

  const resting = useCallback(() => {
    clearTimeout(rest.current);
    rest.current = setTimeout(() => { settle(place.current.top); }, REST_MS);
  }, [settle]);
  useEffect(() => () => { clearTimeout(rest.current); }, []);

  // Another number of rows, another height of them, or another size of the box: what is seen stays.
  useLayoutEffect(() => {
    const now = placeAt(place.current.top, extent());
    draw(now);
    if (box.current && Math.abs(box.current.scrollTop - now.real) >= 1) box.current.scrollTop = now.real;
  }, [draw, extent]);
  useEffect(() => {
    if (!box.current) return;
    const watcher = new ResizeObserver(() => { settle(place.current.top); });
    watcher.observe(box.current);
    return () => { watcher.disconnect(); };
  }, [settle]);

  const onScroll = () => {
    const real = box.current?.scrollTop ?? 0;
    if (Math.abs(real - place.current.real) < 1) return;
    flushSync(() => { draw(scrolledTo(real, place.current, extent())); });
    resting();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { total, view } = extent();
    const steps: Record<string, number | undefined> = { Home: -total, End: total, PageUp: rowPx - view, PageDown: view - rowPx };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    settle(place.current.top + step);
  };
  return {
    box,
    first: drawn.first,
    end: Math.min(drawn.end, count),
    height: heightOf({ total: count * rowPx, view: 0 }),
    startOf: (row) => row * rowPx - drawn.shift,
    onScroll,
    onKeyDown,
    toTop: () => { settle(0); },
  };
}
