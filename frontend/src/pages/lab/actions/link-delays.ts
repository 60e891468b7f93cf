/** The delays of links that the page offers, in milliseconds. */
const OFFERED = [0, 100, 300, 1000] as const;

/** They, and the one that holds where it is another: it may have been set by a file or a script. */
export const choicesWith = (now: number): number[] => [...new Set([...OFFERED, now])].sort((a, b) => a - b);
