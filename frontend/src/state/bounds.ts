/** Whether a wave keeps its proven number of messages. */
import type { Wave } from "../api/types";

export type Verdict = "holds" | "broken" | "open";

/** Does a wave keep its proven number? Open where it is not over, not complete, or nothing is proven. */
export function verdictOf(wave: Pick<Wave, "messages" | "bound" | "bound_kind" | "state">): Verdict {
  if (wave.messages === null || wave.bound === null) return "open";
  if (wave.messages > wave.bound) return "broken";
  if (wave.state !== "complete") return "open";
  return wave.bound_kind === "exactly" && wave.messages !== wave.bound ? "broken" : "holds";
}
