import { expect, it } from "vitest";
import type { Rebalanced } from "../../../../src/api/types";
import { en } from "../../../../src/i18n/en";
import { rebalanceOutcome, roundText } from "../../../../src/pages/lab/actions/rebalance-outcome";

const ROUND: Rebalanced = { policy: "max-load-heap", began: 0, time: 0, wave: "a-1", status: "ok", moved: 0, nothing_left: 0, failed: 0, moves: [] };

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
  const move = { giver: "a", receiver: "b", count: 2, moved: 2, outcome: "moved", asked: 0, ended: 0 } as const;
  const refused = { ...move, receiver: "constructor", moved: 0, outcome: "refused" } as const;
  const told = rebalanceOutcome({ ...ROUND, moved: 2, failed: 1, moves: [move, refused] }, true, en);
  expect(told).toEqual({ kind: "failed", title: "1 move failed, 2 tasks moved", detail: "a could not give to constructor: refused." });
});

it("says of a round how much was moved, and the first of who gave to whom", () => {
  const move = (receiver: string, moved: number) => ({ giver: "a", receiver, count: 2, moved, outcome: "moved", asked: 0, ended: 0 }) as const;
  expect(roundText(ROUND, en)).toBe(en.nothingToMove);
  expect(roundText({ ...ROUND, status: "incomplete" }, en)).toBe(en.noTree);
  const moves = [move("b", 2), move("none", 0), move("c", 1), move("d", 1)];
  expect(roundText({ ...ROUND, moved: 4, moves }, en)).toBe("4 tasks moved. a → b: 2, a → c: 1 +1");
  expect(roundText({ ...ROUND, moved: 2, failed: 1, moves: [move("b", 2)] }, en)).toBe("1 move failed, 2 tasks moved. a → b: 2");
});
