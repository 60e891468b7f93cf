/** Proven numbers of messages as people read them; the formulas themselves are the server's. */
import type { Algorithm, Wave } from "../api/types";
import { count } from "./format";

/** "N-1" -> "N − 1": a minus sign with room around it. */
const typeset = (formula: string): string => formula.replace(/\s*-\s*/g, " − ");

const signOf = (kind: Wave["bound_kind"]): string => (kind === "at most" ? "≤" : "=");

/** "= 2|E|" or "≤ 2N|A|"; only the sign where nobody has written the bound as a formula. */
export function formulaOf(wave: Pick<Wave, "bound_kind" | "bound_text">): string {
  return `${signOf(wave.bound_kind)} ${typeset(wave.bound_text ?? "")}`.trim();
}

/** The proven number as a formula and as a figure, such as "2|E| = 28"; null where nothing is proven. */
export function costOf({ bound, bound_kind, bound_text }: Algorithm): string | null {
  if (bound === null) return null;
  return `${typeset(bound_text ?? "")} ${signOf(bound_kind)} ${count(bound)}`.trim();
}
