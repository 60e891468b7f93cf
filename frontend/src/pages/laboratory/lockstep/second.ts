/** The second run, beside the one that somebody goes through: run to its end at once, then only looked at. */
import { create } from "zustand";
import { spokenNow } from "../../../i18n/spoken";
import type { Fields } from "../../../session/forms";
import { connect, SessionOver, SessionRefusal } from "../../../session/socket";
import { indexOf } from "../../../spacetime/moment";
import type { Line, Recording } from "../../../spacetime/recording";
import { stepsOf } from "../../../spacetime/steps";
import { lineOf, networkOf } from "../../../spacetime/trace-file";
import { useLaboratory, type Opened } from "../store";
import type { Pace } from "./pace";

interface Second {
  /** The form to choose one is shown, or one is. */
  on: boolean;
  shown: { title: string; index: Opened["index"] } | null;
  pace: Pace;
  busy: boolean;
  /** Why there is none, in sentences; one that is empty where no answer came. */
  problems: readonly string[];
}

const OFF: Second = { on: false, shown: null, pace: "time", busy: false, problems: [] };

export const useSecond = create<Second>()(() => OFF);

const { getState, setState } = useSecond;

export function setSecond(on: boolean): void {
  setState({ ...OFF, on });
}

export function keepPace(pace: Pace): void {
  setState({ pace });
}

export function showSecond(recording: Recording): void {
  const index = indexOf(stepsOf(recording));
  setState({ shown: { title: recording.title, index }, problems: [], busy: false });
}

/** Runs what is ordered as a session of its own, and shows it when it is over. */
export async function runSecond(order: Fields, called: (title: string) => string): Promise<void> {
  setState({ busy: true, problems: [] });
  try {
    const recording = await recordingOf(order, called);
    if (getState().on) showSecond(recording);
  } catch (error) {
    if (!(error instanceof SessionRefusal || error instanceof SessionOver)) throw error;
    setState({ busy: false, problems: error instanceof SessionRefusal ? error.problems : [""] });
  }
}

async function recordingOf(order: Fields, called: (title: string) => string): Promise<Recording> {
  const socket = await connect(() => spokenNow().language, () => undefined);
  try {
    const { ask } = socket;
    const about = await ask("open", order);
    const network = networkOf({ nodes: about.nodes, neighbors: about.neighbors });
    const place = new Map(network.names.map((name, at) => [name, at]));
    const { at: end } = await ask("run");
    const lines: Line[] = [];
    for (let at = 0; at < end;) {
      const { rows } = await ask("rows", { start: at, stop: end });
      if (rows.length === 0) break;
      for (const fields of rows.flat()) {
        const line = lineOf(fields, String(fields.event), place);
        if (line) lines.push(line);
      }
      at += rows.length;
    }
    return { title: called(about.algorithm.title), unit: "units", network, lines };
  } finally {
    socket.close();
  }
}

// It belongs to the run that it stands beside.
useLaboratory.subscribe((state, before) => {
  if (getState().on && state.opened?.source !== before.opened?.source) setSecond(false);
});
