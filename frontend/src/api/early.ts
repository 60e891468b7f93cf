/** What the head of the page has asked the lab for before the first script came: see at-once.js. */

export interface Early {
  /** Where the balancer is. */
  port: number;
  socket: WebSocket;
  /** What has come so far. */
  texts: string[];
}

declare global {
  var topowaveEarly: Promise<Early | null> | undefined;
}

/** The balancer's port, where it has been asked for; null where it has to be asked for. */
export const earlyPort = async (): Promise<number | null> => (await globalThis.topowaveEarly)?.port ?? null;

let taken = false;

/** The socket with what it has brought, for the one who goes on with it; null where it was taken, or is closed already. */
export async function takeEarly(): Promise<Early | null> {
  if (taken) return null;
  taken = true;
  const early = await globalThis.topowaveEarly;
  return early && early.socket.readyState <= WebSocket.OPEN ? early : null;
}

/** The lab may be elsewhere by now. */
export function forgetEarly(): void {
  globalThis.topowaveEarly = undefined;
}
