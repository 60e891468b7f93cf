/**
 * Presentation: larger type and the real full screen, on every page, for whoever sits in the back row.
 *
 * It stands in the address (`present=1`) as long as it lasts, so a link opens it; the full screen itself a browser gives
 * only to whoever presses something. Whoever leaves the full screen leaves the presentation.
 */
import { create } from "zustand";
import { useView } from "./view";

const PARAMETER = "present";
const KEY = { written: "b", place: "KeyB" } as const;
/** The router tells of its own steps by these. */
const STEPS = ["pushState", "replaceState"] as const;
/** What types, or chooses by letters, needs all keys for itself. */
const TYPES = "input:not([type='radio'], [type='checkbox']), select, textarea, [role='menu'], [role='dialog']";

export const isPresented = (search: string): boolean => new URLSearchParams(search).get(PARAMETER) === "1";

/** `search` with the presentation or without it; all else stays. */
export function searchPresenting(search: string, presenting: boolean): string {
  const query = new URLSearchParams(search);
  if (presenting) query.set(PARAMETER, "1");
  else query.delete(PARAMETER);
  const said = query.toString();
  return said && `?${said}`;
}

export const usePresentation = create<{ presenting: boolean }>()(() => ({
  presenting: typeof location !== "undefined" && isPresented(location.search),
}));

/** Sets the size of the type. At once, before anybody who listens measures it. */
function enlarge({ presenting }: { presenting: boolean }): void {
  document.documentElement.dataset.present = String(presenting);
}
if (typeof document !== "undefined") {
  enlarge(usePresentation.getState());
  usePresentation.subscribe(enlarge);
}

/** Begins or ends it, with the full screen where the browser has one. */
export function present(presenting: boolean): void {
  usePresentation.setState({ presenting });
  const page = document.documentElement;
  // A browser may refuse (an embedded page, a phone): the type is larger all the same.
  if (presenting && document.fullscreenEnabled) page.requestFullscreen().catch(() => undefined);
  else if (!presenting && document.fullscreenElement) void document.exitFullscreen();
}

export const togglePresentation = (): void => { present(!usePresentation.getState().presenting); };

/** Keeps page and address as they are to be, and listens to the key; returns how to end that. */
export function watchPresentation(): () => void {
  const write = () => {
    const { presenting } = usePresentation.getState();
    if (isPresented(location.search) === presenting) return;
    history.replaceState(history.state, "", `${location.pathname}${searchPresenting(location.search, presenting)}${location.hash}`);
  };
  let whole = false;
  const screenChanged = () => {
    if (whole && !document.fullscreenElement) usePresentation.setState({ presenting: false });
    whole = document.fullscreenElement !== null;
  };
  const press = (event: KeyboardEvent) => {
    const { key, code, ctrlKey, metaKey, altKey, repeat, target } = event;
    if (ctrlKey || metaKey || altKey || repeat || event.isComposing || !useView.getState().shortcuts) return;
    if (target instanceof Element && target.closest(TYPES)) return;
    // A letter of ours is where it is written; on other alphabets' keyboards where it lies.
    const meant = /^[a-z]$/iu.test(key) ? key.toLowerCase() === KEY.written : code === KEY.place;
    if (!meant) return;
    event.preventDefault();
    togglePresentation();
  };
  write();
  const stop = usePresentation.subscribe(write);
  document.addEventListener("fullscreenchange", screenChanged);
  window.addEventListener("keydown", press);
  for (const step of [...STEPS, "popstate"]) window.addEventListener(step, write);
  return () => {
    stop();
    document.removeEventListener("fullscreenchange", screenChanged);
    window.removeEventListener("keydown", press);
    for (const step of [...STEPS, "popstate"]) window.removeEventListener(step, write);
  };
}
