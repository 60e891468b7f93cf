/** What a network may be: the limits of topology/limits.py, to which a test holds them. */
export const LIMITS = {
  port: { least: 1, most: 65_535 },
  cpu: { least: 1, most: 1_000_000 },
  /** Longest name or role, in characters. */
  name: 64,
  /** Most entries of `roles`. */
  roles: 16,
  /** Most links from the root down to a leaf. */
  depth: 400,
  /** Longest extra delay of a link (ms). */
  delayMs: 10_000,
  /** Most nodes that are drawn by hand. */
  nodes: 1_000,
} as const;

/** What a new node gets. */
export const GIVEN = { cpu: 4, port: 8_000 } as const;

/** Most steps that can be taken back. */
export const MOST_STEPS = 500;
/** Largest file that is read, in bytes: an ask of the session's protocol takes no more. */
export const MOST_BYTES = 900_000;

/** In what a network is written, with the ending of the file. */
export const FORMATS = {
  topology: ".json",
  "node-link": ".node-link.json",
  graphml: ".graphml",
  gml: ".gml",
  "edge-list": ".edgelist",
  dot: ".dot",
} as const;
export type Format = keyof typeof FORMATS;
