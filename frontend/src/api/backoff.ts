/** How long to wait before the next try to connect: short first, never longer than five seconds. */

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** Milliseconds before try number `attempt` (1 is the first after a loss); `chance` in [0, 1) spreads many pages. */
export function waitBefore(attempt: number, chance: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full * (0.75 + 0.25 * chance);
}
