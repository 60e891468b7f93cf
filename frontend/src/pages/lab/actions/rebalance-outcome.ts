/** What a round of rebalancing did, in words: that nothing was moved has many reasons, and only one of them is good news. */
import type { Rebalanced } from "../../../api/types";
import { count } from "../../../i18n/format";
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

/** The first moves of a round that are named. */
const MOVES_SHOWN = 2;

/** What a round did, in some words: how much was moved, and the first of who gave to whom. */
export function roundText({ status, moved, failed, moves }: Rebalanced, words: Translation): string {
  if (status === "incomplete") return words.noTree;
  const done = moves.filter((move) => move.moved > 0);
  const named = done.slice(0, MOVES_SHOWN).map((move) => `${move.giver} → ${move.receiver}: ${count(move.moved)}`);
  const more = done.length > named.length ? ` +${count(done.length - named.length)}` : "";
  const said = failed > 0 ? `${words.movesFailed(failed, moved)}.` : moved > 0 ? words.rebalanced(moved) : words.nothingToMove;
  return named.length > 0 ? `${said} ${named.join(", ")}${more}` : said;
}
