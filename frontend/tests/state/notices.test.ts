import "../browser";
import { expect, it } from "vitest";
import { withNotice, type Notice } from "../../src/state/notices";

const notice = (id: number, more: Partial<Notice> = {}): Notice => ({ id, kind: "done", title: "", detail: "", ...more });
const UNDO = { action: { label: "Undo", run: () => undefined } };
const idsOf = (notices: readonly Notice[]) => notices.map(({ id }) => id);

it("shows three at most, the newest ones", () => {
  expect(idsOf(withNotice([notice(1), notice(2), notice(3)], notice(4)))).toEqual([2, 3, 4]);
});

it("keeps what can be taken back longer than what is only told", () => {
  expect(idsOf(withNotice([notice(1, UNDO), notice(2), notice(3)], notice(4)))).toEqual([1, 3, 4]);
});

it("lets the oldest go where each of them can be taken back", () => {
  expect(idsOf(withNotice([notice(1, UNDO), notice(2, UNDO), notice(3, UNDO)], notice(4)))).toEqual([2, 3, 4]);
});
