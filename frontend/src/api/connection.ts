/** Keeps one WebSocket to /stream: applies frames once per animation frame, connects anew when it breaks or skips. */
import { decodeFrame } from "./decode";
import { balancerHost, forgetBalancer, LockedError } from "./rest";
import type { Frame } from "./types";
import { waitBefore } from "./backoff";
import { reduce } from "../state/lab";
import { useLab } from "../state/lab-store";

/** A connection that is not open after this long counts as failed. */
const OPEN_TIMEOUT_MS = 5_000;
/** Frames kept while the tab is hidden; more than that and a fresh snapshot is cheaper. */
const MAX_WAITING = 600;
/** A hidden tab gets no animation frames: then frames are applied on this timer. */
const HIDDEN_INTERVAL_MS = 500;

export function connect(): () => void {
  let socket: WebSocket | null = null;
  let waiting: Frame[] = [];
  let planned: (() => void) | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const drop = () => {
    clearTimeout(opening);
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
    const attempt = useLab.getState().attempt + 1;
    const wait = waitBefore(attempt, Math.random());
    useLab.setState({ link: "lost", attempt, retryAt: performance.now() + wait });
    forgetBalancer();
    clearTimeout(retry);
    retry = setTimeout(() => void open(), wait);
  };

  const apply = () => {
    planned = null;
    let lab = useLab.getState().lab;
    const frames = waiting;
    waiting = [];
    for (const frame of frames) {
      const next = reduce(lab, frame);
      if (!next) {
        lost();
        return;
      }
      lab = next;
    }
    useLab.setState({ lab, link: "open", locked: false, attempt: 0, retryAt: null });
  };

  const plan = () => {
    if (planned) return;
    if (document.hidden) {
      const timer = setTimeout(apply, HIDDEN_INTERVAL_MS);
      planned = () => { clearTimeout(timer); };
    } else {
      const frame = requestAnimationFrame(apply);
      planned = () => { cancelAnimationFrame(frame); };
    }
  };

  const receive = (text: string) => {
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

  const open = async () => {
    useLab.setState((state) => ({ link: state.lab ? "lost" : "connecting", retryAt: null }));
    try {
      const host = await balancerHost();
      if (ended) return;
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      socket = new WebSocket(`${scheme}://${host}/stream`);
      opening = setTimeout(lost, OPEN_TIMEOUT_MS);
      socket.onopen = () => { clearTimeout(opening); };
      socket.onmessage = (message) => { if (typeof message.data === "string") receive(message.data); };
      socket.onclose = lost;
    } catch (error) {
      useLab.setState({ locked: error instanceof LockedError });
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
    if (useLab.getState().link !== "lost" || socket) return;
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
