import "../../browser";
import { expect, it } from "vitest";
import { branchName, rowSaid } from "../../../src/pages/laboratory/branches/Branches";
import { branchesWords } from "../../../src/pages/laboratory/branches/branches-words";
import { listed, sharedPosition } from "../../../src/pages/laboratory/branches/tree";
import { laboratoryWords } from "../../../src/pages/laboratory/words";

const branch = (id: number, parent: number | null, fork: number) => ({ id, name: id === 0 ? "main" : `branch ${id}`, parent, fork, acts: [] });
const BRANCHES = [branch(0, null, 0), branch(1, 0, 5), branch(2, 0, 10), branch(3, 1, 8), branch(4, 3, 6)];

it("lists each branch behind the one that it left", () => {
  expect(listed(BRANCHES).map(({ branch: { id }, level }) => [id, level])).toEqual([[0, 0], [1, 1], [3, 2], [4, 3], [2, 1]]);
});

it("knows up to where two branches are the same", () => {
  expect(sharedPosition(BRANCHES, 0, 1)).toBe(5);
  expect(sharedPosition(BRANCHES, 3, 2)).toBe(5);
  expect(sharedPosition(BRANCHES, 4, 1)).toBe(6);
  expect(sharedPosition(BRANCHES, 3, 3)).toBe(Infinity);
  expect(sharedPosition(BRANCHES, 3, 9)).toBe(0);
});

it("calls a branch that nobody has named in the language of the page", () => {
  expect(BRANCHES.slice(0, 2).map((each) => branchName(each, branchesWords.de))).toEqual(["Hauptzweig", "Zweig 1"]);
  expect(branchName({ name: "one is lost" }, branchesWords.ru)).toBe("one is lost");
});

it("says a row of an event in words", () => {
  const said = (row: object) => rowSaid({ ...row }, branchesWords.en, laboratoryWords.en);
  expect(said({ event: "send", node: "a", peer: "b", message: { $: "Token" } })).toBe("a sends Token to b");
  expect(said({ event: "receive", node: "b", peer: "a", message: 7 })).toBe("b receives 7 from a");
  expect(said({ event: "decide", node: "b" })).toBe("b decides");
  expect(said({ event: "crash", node: "b" })).toBe("b crashes");
  expect(said({ event: "partition" })).toBe("The network falls apart");
});
