/**
 * A wave of the lab whose messages wait on the servers: what waits, and delivering it.
 *
 * The stream of the lab says that something about the wave has changed; what waits and what has happened is then asked for.
 */
import { create } from "zustand";
import { ActionError, deliverHeld, readHeld, readWaveEvents } from "../../../api/rest";
import type { DeliverOrder, HeldNow, Problem } from "../../../api/types";
import { recordingOf } from "../../../spacetime/live-wave";
import { useLab } from "../../../state/lab-store";
import { leave as leaveSession } from "../session";
import { goTo, open, renew, useLaboratory, type More } from "../store";

interface HeldState {
  /** The wave; null where none is delivered by hand. */
  wave: string | null;
  now: HeldNow | null;
  /** When it was read, on the page's clock (ms). */
  readMs: number;
  /** An order has no answer yet. */
  busy: boolean;
  /** Why the last order was refused. */
  problem: Problem | null;
}

const NONE: HeldState = { wave: null, now: null, readMs: 0, busy: false, problem: null };

export const useHeld = create<HeldState>()(() => NONE);

const { getState, setState } = useHeld;

let stop: () => void = () => undefined;
let reading = false;
let asked = 0;
/** Counts what was opened and left: who has left before the answer came wants it no more. */
let turn = 0;

const isFollowed = (wave: string): boolean => getState().wave === wave && useLaboratory.getState().opened?.source === wave;

const take = (now: HeldNow): void => { setState({ now, readMs: performance.now() }); };

/** Reads what waits and what has happened; once more where something changes meanwhile. */
async function read(wave: string): Promise<void> {
  asked += 1;
  if (reading) return;
  reading = true;
  try {
    for (let read = -1; read !== asked;) {
      read = asked;
      const [now, events] = await Promise.all([readHeld(wave), readWaveEvents(wave)]);
      if (!isFollowed(wave)) return;
      const { opened, position } = useLaboratory.getState();
      const wasLast = position >= (opened?.index.run.steps.length ?? 0) - 1;
      renew(recordingOf(events, events.wave.algorithm));
      if (wasLast) goTo(Infinity);
      take(now);
      if (now.state !== "running") end();
    }
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    if (getState().wave === wave) setState({ problem: error.problem });
  } finally {
    reading = false;
  }
}

/** Asks no more: what is there is an ordinary recording. */
function end(): void {
  stop();
  stop = () => undefined;
  useLaboratory.setState({ more: null });
}

const MORE: More = {
  ended: () => getState().now?.state !== "running",
  step: () => void deliverNext(),
  run: () => undefined,
  fetch: () => void deliverNext(),
  space: () => void deliverNext(),
};

/** Opens a wave and follows it. Throws ActionError where there is none. */
export async function openHeld(wave: string): Promise<void> {
  turn += 1;
  const mine = turn;
  const [now, events] = await Promise.all([readHeld(wave), readWaveEvents(wave)]);
  if (turn !== mine) return;
  leaveHeld();
  leaveSession();
  open(wave, [{ id: wave, recording: recordingOf(events, events.wave.algorithm) }]);
  setState({ ...NONE, wave });
  take(now);
  goTo(Infinity);
  if (now.state !== "running") return;
  useLaboratory.setState({ more: MORE });
  const waveNow = () => useLab.getState().lab?.waves.find(({ id }) => id === wave);
  let known = waveNow();
  const stopLab = useLab.subscribe(() => {
    const next = waveNow();
    if (next === known) return;
    known = next;
    void read(wave);
  });
  const stopPage = useLaboratory.subscribe(({ opened }) => { if (opened?.source !== wave) leaveHeld(); });
  stop = () => {
    stopLab();
    stopPage();
  };
  void read(wave); // what has changed since it was asked for
}

/** Follows no wave any more; its messages wait on. */
export function leaveHeld(): void {
  turn += 1;
  stop();
  stop = () => undefined;
  if (getState().wave !== null) setState(NONE);
}

async function order(what: DeliverOrder): Promise<void> {
  const { wave, busy, now } = getState();
  if (wave === null || busy || now?.state !== "running") return;
  setState({ busy: true, problem: null });
  try {
    const done = await deliverHeld(wave, what);
    if (getState().wave === wave) take(done);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    if (getState().wave === wave) setState({ problem: error.problem });
  } finally {
    if (getState().wave === wave) setState({ busy: false });
  }
  if (isFollowed(wave)) await read(wave);
}

export const deliver = (message: number): Promise<void> => order({ message });

export const letAllGo = (): Promise<void> => order({ release: true });

/** Delivers the first of those that may be next. */
export async function deliverNext(): Promise<void> {
  const first = getState().now?.messages.find(({ behind }) => behind === null);
  if (first) await deliver(first.number);
}
