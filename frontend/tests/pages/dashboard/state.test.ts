import { expect, it } from "vitest";
import { isFiltered, QUERY, type Dashboard } from "../../../src/pages/dashboard/state";
import { searchWith, valuesIn } from "../../../src/state/parameters";

const read = (search: string) => valuesIn(search, QUERY.parameters, QUERY.usual);
const write = (changes: Partial<Dashboard>, search = "") => searchWith(search, QUERY.parameters, QUERY.usual, { ...QUERY.usual, ...changes });

it("stands in the address whole, and says nothing of what is as usual", () => {
  const state: Dashboard = {
    range: "1h", since: 10, until: 70, paused: 80, role: ["web", ""], node: ["amber", "birch"], priority: ["high", "low"], category: ["a,b & c", "~", "5%2c", ""], table: ["rates", "memory"],
    split: "role", measure: "running", alone: "heat", filters: true,
  };
  expect(read(write(state))).toEqual({ ...state, table: ["rates", "memory"] });
  expect(write({})).toBe("");
  expect(write({ node: ["a", "b"] }, "?language=ru")).toBe("?language=ru&node=a%2Cb");
});

it("takes what nobody can mean for what is usual", () => {
  expect(read("?range=2y&since=x&priority=urgent&category=&table=nonsense,rates&split=&measure=heat&alone=1")).toEqual({ ...QUERY.usual, table: ["rates"] });
});

it("knows whether anything is left out", () => {
  expect(isFiltered(QUERY.usual)).toBe(false);
  expect(isFiltered({ ...QUERY.usual, category: ["x"] })).toBe(true);
});
