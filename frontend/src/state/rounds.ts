/** When the lab has balanced again: what a round has changed is asked for anew then. */
import { useEvery } from "./hooks";
import { useLab } from "./lab-store";

const ROUND_INTERVAL_MS = 500;

/** Another text after each round: every one begins with a wave, and each of its moves is an event. */
export function useRounds(): string {
  return useEvery(ROUND_INTERVAL_MS, useLab, ({ lab }) => {
    const wave = lab?.waves.findLast(({ purpose }) => purpose === "rebalance");
    const move = lab?.events.findLast(({ kind }) => kind === "move");
    return `${wave?.id ?? ""} ${wave?.state ?? ""} ${move?.seq ?? ""}`;
  });
}
