/** Keeps one WebSocket to /stream: applies frames once per animation frame, connects anew when it breaks or skips. */
import { decodeFrame } from "./decode";
import { takeEarly, type Early } from "./early";
import { balancerHost, forgetBalancer, hasLab, LockedError } from "./rest";
import type { Frame } from "./types";
import { waitBefore } from "./backoff";

/** "none": this is no lab's page, but that of `topowave lab`. */
export type ConnectionState = "connecting" | "open" | "lost" | "none";

/** What is known about the connection itself. */
export interface ConnectionStatus {
  connection: ConnectionState;
  /** The lab asks for a token that this browser does not have. */
  locked: boolean;
  /** Tries since the connection was lost. */
  attempt: number;
  /** `performance.now()` of the next try, null while none is planned. */
  retryAt: number | null;
}

/** Who keeps what the connection brings. */
export interface ConnectionListener {
  /** Applies frames in their order; false where one is missing in between, so that the page must connect anew. */
  apply: (frames: readonly Frame[]) => boolean;
  report: (change: Partial<ConnectionStatus>) => void;
}

/** A connection that is not open after this long counts as failed. */
const OPEN_TIMEOUT_MS = 5_000;
/** Without a frame for this long the line is dead: the balancer sends one every 1.5 s, whatever happens. */
const SILENCE_MS = 4_000;
const LOOK_MS = 500;
/** Frames kept while the tab is hidden; more than that and a fresh snapshot is cheaper. */
const MAX_WAITING = 600;
/** A hidden tab gets no animation frames: then frames are applied on this timer. */
const HIDDEN_INTERVAL_MS = 500;

export function connect({ apply, report }: ConnectionListener): () => void {
  let socket: WebSocket | null = null;
  let waiting: Frame[] = [];
  let planned: (() => void) | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;
  let heard = 0;
  let looked = 0;
  let ended = false;
  let state: ConnectionState = "connecting";
  let attempt = 0;
  /** Frames have arrived before: from then on no connection is a lost one. */
  let known = false;

  const drop = () => {
    clearTimeout(opening);
    clearInterval(looking);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      socket = null;
    }
    waiting = [];
    planned?.();
    planned = null;
  };

  const lost = () => {
    drop();
    if (ended) return;
    state = "lost";
    attempt += 1;
    const wait = waitBefore(attempt, Math.random());
    report({ connection: state, attempt, retryAt: performance.now() + wait });
    forgetBalancer();
    clearTimeout(retry);
    retry = setTimeout(() => void open(), wait);
  };

  const applyWaiting = () => {
    planned = null;
    const frames = waiting;
    waiting = [];
    if (!apply(frames)) {
      lost();
      return;
    }
    known = true;
    if (state === "open" && attempt === 0) return;
    state = "open";
    attempt = 0;
    report({ connection: state, locked: false, attempt, retryAt: null });
  };

  const plan = () => {
    if (planned) return;
    if (document.hidden) {
      const timer = setTimeout(applyWaiting, HIDDEN_INTERVAL_MS);
      planned = () => { clearTimeout(timer); };
    } else {
      const frame = requestAnimationFrame(applyWaiting);
      planned = () => { cancelAnimationFrame(frame); };
    }
  };

  const look = () => {
    const now = performance.now();
    // After a pause of the whole page (a laptop that slept, a tab put aside) frames may be waiting: they first.
    const paused = now - looked > 3 * LOOK_MS;
    looked = now;
    if (paused) heard = Math.max(heard, now - SILENCE_MS + 2 * LOOK_MS);
    else if (now - heard > SILENCE_MS) lost();
  };

  const receive = (text: string) => {
    heard = performance.now();
    const frame = decodeFrame(text);
    if (!frame || waiting.length > MAX_WAITING) {
      lost();
      return;
    }
    // A snapshot makes everything before it void.
    if (frame.type === "snapshot") waiting = [];
    waiting.push(frame);
    plan();
  };

  /** Takes over what came before the page did: it is there already, so it waits for no animation frame. */
  const goOn = ({ socket: { readyState }, texts }: Early, opened: () => void) => {
    if (readyState === WebSocket.OPEN) opened();
    for (const text of texts) if (socket) receive(text);
    if (!planned) return;
    planned();
    applyWaiting();
  };

  const open = async () => {
    state = known ? "lost" : "connecting";
    report({ connection: state, retryAt: null });
    try {
      if (!(await hasLab())) {
        report({ connection: "none" });
        return;
      }
      const host = await balancerHost();
      const early = await takeEarly();
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      if (ended) {
        early?.socket.close();
        return;
      }
      socket = early?.socket ?? new WebSocket(`${scheme}://${host}/stream`);
      const opened = () => {
        clearTimeout(opening);
        heard = looked = performance.now();
        looking = setInterval(look, LOOK_MS);
      };
      opening = setTimeout(lost, OPEN_TIMEOUT_MS);
      socket.onopen = opened;
      socket.onmessage = (message) => { if (typeof message.data === "string") receive(message.data); };
      socket.onclose = lost;
      if (early) goOn(early, opened);
    } catch (error) {
      report({ locked: error instanceof LockedError });
      lost();
    }
  };

  // What was planned for an animation frame must not wait until the tab is seen again.
  const replan = () => {
    if (!planned) return;
    planned();
    planned = null;
    plan();
  };
  document.addEventListener("visibilitychange", replan);
  retryNow = () => {
    if (state !== "lost" || socket) return;
    clearTimeout(retry);
    void open();
  };
  void open();
  return () => {
    ended = true;
    clearTimeout(retry);
    document.removeEventListener("visibilitychange", replan);
    drop();
  };
}

/** Try now instead of waiting for the planned try. */
export let retryNow: () => void = () => undefined;
