/** The WebSocket of a session: each ask has one answer. What is said is docs/reference/session-protocol.md. */
import { balancerHost } from "../api/rest";
import type { Answers } from "./forms";

/** An ask without an answer for so long is given up; the longest, a run to its end, is pushed on meanwhile. */
const SILENCE_MS = 60_000;

/** Why something was not done, in sentences of the session's. */
export class SessionRefusal extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join(" "));
  }
}

/** The session is over; the reason is empty where nobody said one. */
export class SessionOver extends Error {}

export type Ask = <Do extends keyof Answers>(what: Do, fields?: Readonly<Record<string, unknown>>) => Promise<Answers[Do]>;

export interface SessionSocket {
  ask: Ask;
  /** Ends the session. */
  close: () => void;
}

interface Waiting {
  take: (answer: never) => void;
  fail: (error: Error) => void;
}

/**
 * Connects; no session is open yet.
 *
 * @param language of the sentences in the answers.
 * @param ended is told once that nothing comes any more: the session is over, for the reason that is said; or the
 *   connection is lost, where nobody said one, and the session waits a while for its page (`resume`).
 */
export async function connect(language: () => string, ended: (reason: string | null) => void): Promise<SessionSocket> {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${await balancerHost()}/session`);
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  const end = (reason: string | null) => {
    if (over) return;
    over = true;
    clearTimeout(silence);
    socket.close();
    for (const { fail } of waiting.values()) fail(new SessionOver(reason ?? ""));
    waiting.clear();
    ended(reason);
  };
  const heard = () => {
    clearTimeout(silence);
    if (waiting.size > 0) silence = setTimeout(() => { end(null); }, SILENCE_MS);
  };

  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as { id?: number | null; problems?: string[]; ended?: string };
    const asker = frame.id === undefined || frame.id === null ? undefined : waiting.get(frame.id);
    if (asker && frame.id) {
      waiting.delete(frame.id);
      if (frame.problems) asker.fail(new SessionRefusal(frame.problems));
      else asker.take(frame as never);
    }
    heard();
    if (frame.ended !== undefined) end(frame.ended);
  };
  const opened = new Promise<void>((resolve, reject) => {
    socket.onopen = () => { resolve(); };
    socket.onclose = ({ reason }) => {
      reject(new SessionOver(reason));
      end(reason === "" ? null : reason);
    };
  });
  heard();
  await opened;
  const ask: Ask = (what, fields = {}) => new Promise((take, fail) => {
    if (over) {
      fail(new SessionOver(""));
      return;
    }
    last += 1;
    waiting.set(last, { take, fail });
    socket.send(JSON.stringify({ ...fields, id: last, do: what, language: language() }));
    if (waiting.size === 1) heard();
  });
  return {
    ask,
    close: () => {
      over = true;
      clearTimeout(silence);
      socket.close();
    },
  };
}
