/** A run as one HTML file, which opens anywhere without a server: the built viewer.html with the run in it. */
import type { HeldRun } from "../../../viewer/run";
import { readRecording } from "../session";
import { useLaboratory, type Opened } from "../store";

/** Where the run goes: the same as in topowave/traces/html_file.py. */
const PLACE = '<script id="run" type="application/json">null</script>';

/** Puts a run into the built file; `run` is JSON. No tag begins in it, whatever texts the run has. */
export function htmlOf(viewer: string, run: string): string {
  const at = viewer.indexOf(PLACE);
  if (at < 0) throw new Error("viewer.html has no place for a run");
  const data = run.replaceAll("<", String.raw`\u003c`);
  return `${viewer.slice(0, at)}${PLACE.replace("null", () => data)}${viewer.slice(at + PLACE.length)}`;
}

async function readViewer(): Promise<string> {
  const answer = await fetch("/viewer.html");
  if (!answer.ok) throw new Error(`/viewer.html answered ${answer.status}`);
  return answer.text();
}

/** The run as a file holds it: of a session all that is known of it, of a recording its waves. */
async function held({ source, waves, wave }: Opened): Promise<string> {
  const recording = await readRecording();
  if (recording !== null) return `{"session":${recording}}`;
  const { position } = useLaboratory.getState();
  return JSON.stringify({ waves, source, wave, at: position } satisfies HeldRun);
}

export async function makeHtml(opened: Opened): Promise<Blob> {
  const [viewer, run] = await Promise.all([readViewer(), held(opened)]);
  return new Blob([htmlOf(viewer, run)], { type: "text/html;charset=utf-8" });
}
