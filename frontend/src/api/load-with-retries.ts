/** Loads a part of the page later, and tries again: the lab that serves it may be starting anew just then. */

const TRIES = 6;
const WAIT_MS = 400;

const pause = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** What `load` brings; after a failure it is asked again, a little later each time, `TRIES` times in all. */
export async function loadWithRetries<T>(load: () => Promise<T>, wait: (ms: number) => Promise<unknown> = pause): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await load();
    } catch (error) {
      if (tried >= TRIES) throw error;
      await wait(WAIT_MS * tried);
    }
  }
}
