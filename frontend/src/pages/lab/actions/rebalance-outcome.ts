/** What a round of rebalancing did, in words: that nothing was moved has many reasons, and only one of them is good news. */
import type { Rebalanced } from "../../../api/types";
import type { Translation } from "../../../i18n/en";
import type { Notice } from "../../../state/notices";

/** `journal`: whether the journal of tasks can be read; without it no task moves, and the lab leaves out who refused. */
export function rebalanceOutcome(
  { status, moved, failed, moves }: Rebalanced, journal: boolean, words: Translation,
): Pick<Notice, "kind" | "title" | "detail"> {
  const failure = (title: string, detail: string) => ({ kind: "failed", title, detail }) as const;
  if (status === "incomplete") return failure(words.notRebalanced, words.noTree);
  if (!journal) return failure(words.notRebalanced, words.noJournal);
  if (failed === 0) return { kind: "done", title: moved > 0 ? words.rebalanced(moved) : words.nothingToMove, detail: "" };
  const all: Record<string, string> = words.movesFailedWhy;
  const first = moves.find(({ outcome }) => Object.hasOwn(all, outcome));
  const detail = first ? words.movesFailedDetail(first.giver, first.receiver, all[first.outcome] ?? first.outcome) : "";
  return failure(words.movesFailed(failed, moved), detail);
}
