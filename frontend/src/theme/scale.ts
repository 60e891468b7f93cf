/** The colour scale of load/cpu: cividis (Nunez, Anderton, Renslow 2018), readable with every colour vision. */

/** Cividis from 0 to 1 in ninths. */
const CIVIDIS = [
  [0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115],
  [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56],
] as const;

/** load/cpu at which the scale ends. It is logarithmic: 0, 1, 4 and 16 tasks a core are told apart as well as 60 and 6. */
export const SCALE_END = 64;
/** How soon the scale rises: with 3, one task a core is a third of the way, and half of it is at seven. */
const STEEPNESS = 3;

/** Where load/cpu lies on the scale, 0 to 1. */
export const shareOf = (load: number, cpu: number): number =>
  cpu > 0 ? Math.min(1, Math.log1p((STEEPNESS * load) / cpu) / Math.log1p(STEEPNESS * SCALE_END)) : 1;

/** Red, green, blue (0-255) at `share` of the scale, 0 to 1. */
export function cividis(share: number): [number, number, number] {
  const last = CIVIDIS.length - 1;
  const place = Math.min(1, Math.max(0, share)) * last;
  const low = Math.floor(place);
  const a = CIVIDIS[low] ?? CIVIDIS[0];
  const b = CIVIDIS[low + 1] ?? a;
  const part = place - low;
  const mix = (from: number, to: number) => Math.round(from + (to - from) * part);
  return [mix(a[0], b[0]), mix(a[1], b[1]), mix(a[2], b[2])];
}

/** The colour of a node that has `load` tasks on `cpu` cores. */
export function loadColour(load: number, cpu: number): [number, number, number] {
  return cividis(shareOf(load, cpu));
}

export function hex([r, g, b]: readonly [number, number, number]): string {
  return `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`;
}

/** Relative luminance (WCAG 2.2), 0 to 1. */
export function luminance(colour: readonly [number, number, number]): number {
  const [r, g, b] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever can be read better on `colour`. */
export function inkOn(colour: readonly [number, number, number]): "#000000" | "#ffffff" {
  const light = luminance(colour);
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}
