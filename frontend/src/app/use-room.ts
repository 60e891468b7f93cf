/** How much room the bar at the top has: its words are shortened, and then put into a menu, where they would run out of it. */
import { useLayoutEffect, useState, useSyncExternalStore, type RefObject } from "react";

const ROOMS = ["enough", "little", "none"] as const;
export type Room = (typeof ROOMS)[number];

const resized = (listener: () => void) => {
  window.addEventListener("resize", listener);
  return () => { window.removeEventListener("resize", listener); };
};

/**
 * The room of `bar`, which is measured whenever something in it changes its width.
 *
 * `what` says what its width follows from beside that of the window, such as the language: when it changes, all words are
 * tried again.
 */
export function useRoom(bar: RefObject<HTMLElement | null>, what: string): Room {
  const width = useSyncExternalStore(resized, () => window.innerWidth);
  const now = `${width} ${what}`;
  const [tried, setTried] = useState({ now, step: 0 });
  const step = tried.now === now ? tried.step : 0;
  useLayoutEffect(() => {
    const element = bar.current;
    if (!element) return;
    const measure = () => {
      if (step + 1 < ROOMS.length && element.scrollWidth > element.clientWidth) setTried({ now, step: step + 1 });
    };
    const observer = new ResizeObserver(measure);
    for (const part of element.children) observer.observe(part);
    return () => { observer.disconnect(); };
  }, [bar, now, step]);
  return ROOMS[step] ?? "none";
}
