/** What such a file holds: a session with all its branches, a trace, or waves as the page has read them. */
import { readTrace, type TracedWave } from "../spacetime/trace-file";
import { open } from "../pages/laboratory/store";
import { showRecorded } from "../pages/laboratory/session";
import { recordedSocket, type RecordedSession } from "../session/recorded";
import { spokenNow } from "../i18n/spoken";

export type HeldRun =
  | { session: RecordedSession }
  | { trace: string; source: string }
  | { waves: readonly TracedWave[]; source: string; wave: string; at: number };

/** Opens what the file holds, where whoever saved it was. */
export async function openHeld(held: HeldRun): Promise<void> {
  if ("session" in held) {
    await showRecorded(recordedSocket(held.session, () => spokenNow().language), held.session.about);
  } else if ("trace" in held) {
    open(held.source, readTrace(held.trace));
  } else {
    open(held.source, held.waves, held.wave, held.at);
  }
}
