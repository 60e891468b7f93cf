/** The store of the lab: the last known lab, and whether the page is connected. Written by the connection alone. */
import { create } from "zustand";
import { connect, type ConnectionStatus } from "../api/connection";
import { reduce, type Lab } from "./lab";

interface LabStore extends ConnectionStatus {
  lab: Lab | null;
}

export const useLab = create<LabStore>()(() => ({
  lab: null, connection: "connecting", locked: false, attempt: 0, retryAt: null,
}));

/** Whether anything can be asked of the lab now. */
export const useConnected = (): boolean => useLab((state) => state.connection === "open");

/** Connects the store to the lab; returns how to end that. */
export const connectLab = (): (() => void) =>
  connect({
    apply: (frames) => {
      let { lab } = useLab.getState();
      for (const frame of frames) {
        lab = reduce(lab, frame);
        if (!lab) return false;
      }
      useLab.setState({ lab });
      return true;
    },
    report: (change) => { useLab.setState(change); },
  });
