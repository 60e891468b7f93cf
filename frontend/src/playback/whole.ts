/** Whether all events of a wave are there: nodes report them in batches after the fact. */
import type { WaveEvents } from "../api/types";

export function isWhole({ wave, began, event, peer, not_kept }: WaveEvents): boolean {
  if (not_kept > 0) return true;
  // What a node of somebody else sends is known, and counted, when it arrives.
  const isFromForeign = (row: number) => began.state[peer[row] ?? -1] === "foreign";
  const known = event.filter((what, row) => what === "send" || ((what === "receive" || what === "late") && isFromForeign(row)));
  if (wave.messages === null) return known.length > 0;
  // A node without neighbours sends nothing.
  return event.length > 0 && known.length >= wave.messages;
}
