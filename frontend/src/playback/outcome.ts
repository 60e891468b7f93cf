/** How a wave ended, in words: who is missing, or what else kept it from being complete, and what went wrong first. */
import type { Wave } from "../api/types";
import { names } from "../i18n/format";
import type { Translation } from "../i18n/en";
import type { Schedule } from "./schedule";

/** Names that are written out. */
const NAMED = 3;

/** Nodes that somebody gave up, or that died, were stopped or were cut while the wave ran. */
function disturbed({ steps, nodes }: Schedule): string[] {
  const found = new Set<number>();
  for (const { kind, node, peer, then } of steps) {
    if (kind === "down" && peer !== null) found.add(peer);
    if (then && (then.cut || ["stopped", "inactive", "dead", "failed"].includes(then.state))) found.add(node);
  }
  return [...found].map((node) => nodes[node] ?? "");
}

/** Why a wave is not complete in which everybody took part. */
function reasons(wave: Wave, schedule: Schedule | null, words: Translation): string[] {
  const away = schedule ? disturbed(schedule) : [];
  return [
    ...(wave.deciders.length === 0 ? [words.outcomeNobody] : []),
    ...(away.length > 0 ? [words.outcomeDisturbed(names(away, NAMED))] : []),
  ];
}

export function outcomeOf(wave: Wave, schedule: Schedule | null, words: Translation): string {
  const fault = wave.mistakes[0] ?? wave.witnesses[0];
  const missing = wave.missing.length > 0 ? [words.outcomeMissing(names(wave.missing, NAMED))] : [];
  const why = wave.state !== "incomplete" || missing.length > 0 || fault !== undefined ? [] : reasons(wave, schedule, words);
  return [`${words[wave.state]}.`, ...missing, ...why, ...(fault === undefined ? [] : [fault])].join(" ");
}
