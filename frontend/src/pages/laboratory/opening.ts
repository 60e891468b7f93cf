/** Reads what is to be opened: a trace of somebody's, or a wave of the lab. */
import { readWaveEvents } from "../../api/rest";
import { bytes } from "../../i18n/format";
import type { Same } from "../../i18n/words";
import { recordingOf } from "../../spacetime/live-wave";
import { MOST_BYTES, NoTrace, readTrace, type Refusal, type TracedWave } from "../../spacetime/trace-file";
import { leave } from "./session";
import { open } from "./store";
import type { LaboratoryWords } from "./words";

/** Reads a file. Returns its waves, or why it cannot be read, in words. */
export async function readFile(file: File, { refused }: Same<LaboratoryWords>): Promise<readonly TracedWave[] | string> {
  if (file.size > MOST_BYTES) return refused.large(bytes(MOST_BYTES));
  let text;
  try {
    text = await file.text();
  } catch {
    return refused.unreadable;
  }
  try {
    return readTrace(text);
  } catch (error) {
    if (error instanceof NoTrace) return reason(error.refusal, refused);
    throw error;
  }
}

/** Opens a file. Returns why it cannot be, in words; null where it can. */
export async function openFile(file: File, words: Same<LaboratoryWords>): Promise<string | null> {
  const read = await readFile(file, words);
  if (typeof read === "string") return read;
  leave();
  open(file.name, read);
  return null;
}

function reason(refusal: Refusal, words: Same<LaboratoryWords>["refused"]): string {
  switch (refusal.reason) {
    case "no JSON": case "no event": return words[refusal.reason](String(refusal.line));
    case "version": return words.version(refusal.version);
    default: return words[refusal.reason];
  }
}

/** Opens a wave of the lab at a step. */
export async function openWave(id: string, at: number): Promise<void> {
  const events = await readWaveEvents(id);
  leave();
  open(id, [{ id, recording: recordingOf(events, events.wave.algorithm) }], id, at);
}
