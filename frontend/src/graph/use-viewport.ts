/** The viewport of the drawing, and how its nodes glide in it, as hooks. */
import { useSyncExternalStore } from "react";
import { glide } from "./glide";
import { viewport, type Viewport } from "./viewport";

export const useViewport = (): Viewport => useSyncExternalStore(viewport.subscribe, viewport.get);

/** Draws anew in every frame of a glide. */
export const useGlide = (): number => useSyncExternalStore(glide.subscribe, glide.get);
