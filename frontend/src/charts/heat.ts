/** The pure parts of a heat map: rows put together where there are more than pixels, colours, and what is where. */

export interface Cells {
  /** From the top: of each row its first node, and the one after its last. */
  groups: readonly (readonly [number, number])[];
  /** Row by row, a value for each time; NaN where nothing is known. */
  values: Float32Array;
  columns: number;
}

/**
 * `rows` made at most `most`: neighbours in the order of the network share one, which shows the greatest of their
 * values, so that no hot node is lost among cold ones.
 */
export function pooled(rows: readonly (readonly (number | null)[])[], columns: number, most: number): Cells {
  const count = Math.min(rows.length, Math.max(1, Math.floor(most)));
  const values = new Float32Array(count * columns).fill(Number.NaN);
  const groups = Array.from({ length: count }, (_, row) => [
    Math.floor((row * rows.length) / count), Math.floor(((row + 1) * rows.length) / count),
  ] as const);
  groups.forEach(([first, end], row) => {
    for (let node = first; node < end; node++) {
      const own = rows[node] ?? [];
      for (let column = 0; column < columns; column++) {
        const value = own[column];
        const at = row * columns + column;
        if (value !== null && value !== undefined && !((values[at] ?? 0) >= value)) values[at] = value;
      }
    }
  });
  return { groups, values, columns };
}

/** One pixel a cell, red, green, blue, opaque; what is not known is left clear. */
export function pixelsOf({ values }: Cells, colour: (value: number) => readonly [number, number, number]): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) pixels.set([...colour(value), 255], at * 4);
  });
  return pixels;
}

/** The greatest known value; 0 where there is none. */
export function greatest(rows: readonly (readonly (number | null)[])[]): number {
  let most = 0;
  for (const row of rows) for (const value of row) if (value !== null && value > most) most = value;
  return most;
}

/** Names at the left, as many as have room: of `rows` every how-manieth one. */
export function everyRow(rows: number, heightPx: number, namePx: number): number {
  const room = Math.max(1, Math.floor(heightPx / namePx));
  return Math.max(1, Math.ceil(rows / room));
}

/** `name` in at most `chars` characters. */
export const shortened = (name: string, chars: number): string => (name.length <= chars ? name : `${name.slice(0, chars - 1)}…`);
