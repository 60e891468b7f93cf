import { expect, it } from "vitest";
import type { Rebalanced } from "../../../../src/api/types";
import { en } from "../../../../src/i18n/en";
import { rebalanceOutcome } from "../../../../src/pages/lab/actions/rebalance-outcome";

const ROUND: Rebalanced = { wave: "a-1", status: "ok", moved: 0, nothing_left: 0, failed: 0, moves: [] };

it("says how many tasks were moved, and that none had to be", () => {
  expect(rebalanceOutcome({ ...ROUND, moved: 1 }, true, en)).toEqual({ kind: "done", title: "1 task moved.", detail: "" });
  expect(rebalanceOutcome({ ...ROUND, moved: 1200 }, true, en).title).toBe("1\u202f200 tasks moved.");
  expect(rebalanceOutcome(ROUND, true, en)).toEqual({ kind: "done", title: en.nothingToMove, detail: "" });
});

it("tells a wave without an answer and a lost journal apart from a lab in balance", () => {
  expect(rebalanceOutcome({ ...ROUND, status: "incomplete" }, true, en)).toEqual({ kind: "failed", title: en.notRebalanced, detail: en.noTree });
  expect(rebalanceOutcome(ROUND, false, en)).toEqual({ kind: "failed", title: en.notRebalanced, detail: en.noJournal });
});

it("names the first move that failed, and why", () => {
  const move = { giver: "a", receiver: "b", count: 2, moved: 2, outcome: "moved" } as const;
  const refused = { ...move, receiver: "constructor", moved: 0, outcome: "refused" } as const;
  const told = rebalanceOutcome({ ...ROUND, moved: 2, failed: 1, moves: [move, refused] }, true, en);
  expect(told).toEqual({ kind: "failed", title: "1 move failed, 2 tasks moved", detail: "a could not give to constructor: refused." });
});
