/** How large a message is drawn: smaller than a node, within what can be seen. */

const SIZE_PX = { share: 0.42, least: 3, most: 10 } as const;

export const arrowSize = (markPx: number): number =>
  Math.min(SIZE_PX.most, Math.max(SIZE_PX.least, markPx * SIZE_PX.share));
