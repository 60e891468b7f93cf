/** The proven numbers of messages, as the textbook writes them and as figures for a network of n nodes and e links. */
import type { AlgorithmId, Wave } from "../api/types";

const FORMULAS: Record<AlgorithmId, string> = { echo: "2|E|", "finn-lab": "N − 1", "finn-full": "4N|E|" };

const isKnown = (id: string): id is AlgorithmId => id in FORMULAS;

/** "= 2|E|" or "≤ 4N|E|"; only the sign where nobody has written the bound as a formula. */
export function formulaOf(wave: Pick<Wave, "algorithm" | "bound_kind" | "bound_text">): string {
  const sign = wave.bound_kind === "at most" ? "≤" : "=";
  const text = isKnown(wave.algorithm) ? FORMULAS[wave.algorithm] : wave.bound_text;
  return text === null ? sign : `${sign} ${text}`;
}

export type Verdict = "holds" | "broken" | "open";

/** Does a wave keep its proven number? Open where it is not over, not complete, or nothing is proven. */
export function verdictOf(wave: Pick<Wave, "messages" | "bound" | "bound_kind" | "state">): Verdict {
  if (wave.messages === null || wave.bound === null) return "open";
  if (wave.messages > wave.bound) return "broken";
  if (wave.state !== "complete") return "open";
  return wave.bound_kind === "exactly" && wave.messages !== wave.bound ? "broken" : "holds";
}
