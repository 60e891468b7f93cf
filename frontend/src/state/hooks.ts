/** Hooks shared by all panels: a store read at a measured pace, the size of an element, a media query. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore, type RefObject } from "react";

interface Store<T> {
  getState: () => T;
  subscribe: (listener: () => void) => () => void;
}

/** What `pick` finds in the store, at most once every `ms`; the last change always arrives. */
export function useEvery<T, P>(ms: number, store: Store<T>, pick: (state: T) => P): P {
  const picked = useRef(pick);
  useEffect(() => { picked.current = pick; });
  const [value, setValue] = useState(() => pick(store.getState()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const read = () => {
      timer = undefined;
      last = performance.now();
      const next = picked.current(store.getState());
      setValue(() => next);
    };
    const changed = () => { timer ??= setTimeout(read, Math.max(0, ms - (performance.now() - last))); };
    read();
    const stop = store.subscribe(changed);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, ms]);
  return value;
}

/** Width and height of an element in pixels, kept up to date. */
export function useSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) });
    });
    observer.observe(target);
    return () => { observer.disconnect(); };
  }, [element]);
  return size;
}

/** How far outside the window something counts as seen (px): it is drawn before it is scrolled to. */
const NEAR_PX = 100;

/** Whether an element is in the part of the page that is seen, or close to it. */
export function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver((entries) => { setSeen(entries.at(-1)?.isIntersecting ?? false); }, { rootMargin: `${NEAR_PX}px` });
    observer.observe(target);
    return () => { observer.disconnect(); };
  }, [element]);
  return seen;
}

/** True while the media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => { media.removeEventListener("change", listener); };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
