/** The viewport of the drawing, as a hook. */
import { useSyncExternalStore } from "react";
import { viewport, type Viewport } from "./viewport";

export const useViewport = (): Viewport => useSyncExternalStore(viewport.subscribe, viewport.get);
