import { expect, it } from "vitest";
import { isLeaving, isReplicas, leavingIn, linksOf, mayLeave } from "../../src/state/deploy";
import { reduce, type Lab } from "../../src/state/lab";
import { deploy, node, snapshot } from "../fixtures";

const labOf = (change: Parameters<typeof snapshot>[0]): Lab => {
  const lab = reduce(null, snapshot(change));
  if (!lab) throw new Error("a snapshot is always taken");
  return lab;
};

it("takes whole numbers from 1 to the most that the lab allows", () => {
  for (const text of ["1", "30", " 15 ", "1000", "007"]) expect(isReplicas(text, 1000)).toBe(true);
  for (const text of ["", "0", "-3", "2.5", "1e2", "many", "1001", "9".repeat(400)]) expect(isReplicas(text, 1000)).toBe(false);
});

it("leaves the most to the lab where it has not said it yet", () => {
  expect(isReplicas("5000", null)).toBe(true);
});

it("knows who is on the way out, and what for, whatever a node is called", () => {
  const lab = labOf({ deploy: deploy({ leaving: { b: "3 tasks wait here", toString: null } }) });
  expect(["root", "b", "toString", "constructor", undefined].map((name) => isLeaving(lab, name))).toEqual([false, true, true, false, false]);
  expect(leavingIn(lab.deploy)).toEqual([["b", "3 tasks wait here"], ["toString", ""]]);
});

it("lets only leaves of our own leave, and never the root", () => {
  const nodes = [node("root", null), node("a", "root"), node("b", "a"), node("c", "root", { state: "foreign" })];
  const lab = labOf({ nodes, links: [["root", "a"], ["a", "b"], ["root", "c"]] });
  expect([0, 1, 2, 3].map((at) => mayLeave(lab, at))).toEqual([false, false, true, false]);
});

it("tells links beside the tree from its own, and to whom a node may be linked", () => {
  const nodes = [node("root", null), node("a", "root"), node("b", "a"), node("c", "root")];
  const { network } = labOf({ nodes, links: [["root", "a"], ["a", "b"], ["root", "c"], ["b", "c"]] });
  expect(linksOf(network, 2)).toEqual({ possible: ["root"], beside: ["c"] });
  expect(linksOf(network, 0)).toEqual({ possible: ["b"], beside: [] });
});
