/** Where a page puts what it adds to the bar at the top, by `createPortal`: its tools stand there as long as it does. */
import { create } from "zustand";

/** The place in the bar; null before the bar is there. */
export const useBar = create<{ tools: HTMLElement | null }>()(() => ({ tools: null }));

export const placeTools = (tools: HTMLElement | null): void => { useBar.setState({ tools }); };
