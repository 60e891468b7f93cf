/** The clock of the playback: pure arithmetic between wall time, speed and the place in the schedule. */

/** A whole wave takes this long at speed 1, however long it took for real. */
export const WAVE_SECONDS = 2;
export const SPEEDS = { least: 0.1, most: 4, start: 1 } as const;

/** The place after `elapsedMs` more of wall time; `length` is the end. */
export function advance(position: number, elapsedMs: number, speed: number, length: number): number {
  const perMs = length / (WAVE_SECONDS * 1000);
  return Math.min(length, Math.max(0, position + Math.max(0, elapsedMs) * perMs * speed));
}

/** A slider from 0 to 1 moves the speed by equal factors: half way is as much slower than the most as the least is slower than it. */
export function speedAt(slider: number): number {
  const { least, most } = SPEEDS;
  return least * (most / least) ** Math.min(1, Math.max(0, slider));
}

export function sliderAt(speed: number): number {
  const { least, most } = SPEEDS;
  return Math.log(Math.min(most, Math.max(least, speed)) / least) / Math.log(most / least);
}
