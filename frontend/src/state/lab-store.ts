/** The store of the lab: the last known lab, and whether the page is connected. Written by the connection alone. */
import { create } from "zustand";
import type { Lab } from "./lab";

export type Link = "connecting" | "open" | "lost";

interface LabStore {
  lab: Lab | null;
  link: Link;
  /** The lab asks for a token that this browser does not have. */
  locked: boolean;
  /** Tries since the connection was lost. */
  attempt: number;
  /** `performance.now()` of the next try, null while none is planned. */
  retryAt: number | null;
}

export const useLab = create<LabStore>()(() => ({ lab: null, link: "connecting", locked: false, attempt: 0, retryAt: null }));
