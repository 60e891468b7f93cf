/** The part of gifenc that the page uses; the package has no types of its own. */
declare module "gifenc" {
  type Palette = number[][];
  interface FrameOptions {
    /** Of the first frame: for all. */
    palette?: Palette;
    /** How long it is seen (ms). */
    delay: number;
    transparent?: boolean;
    transparentIndex?: number;
    /** 1 leaves the picture as it is for the next one. */
    dispose?: number;
    /** 0 goes on for ever. */
    repeat?: number;
  }
  interface Encoder {
    writeFrame: (index: Uint8Array, width: number, height: number, options: FrameOptions) => void;
    finish: () => void;
    bytes: () => Uint8Array<ArrayBuffer>;
  }
  export function GIFEncoder(): Encoder;
  export function quantize(pixels: Uint8ClampedArray, most: number): Palette;
  export function applyPalette(pixels: Uint8ClampedArray, palette: Palette): Uint8Array;
}
