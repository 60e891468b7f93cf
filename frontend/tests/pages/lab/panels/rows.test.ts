import { expect, it } from "vitest";
import { find, PAGE_ROWS, pageOf, rowsOf, sorted, turn } from "../../../../src/pages/lab/panels/rows";
import { reduce } from "../../../../src/state/lab";
import { node, snapshot } from "../../../fixtures";

const lab = reduce(null, snapshot({
  nodes: [node("root", null, { assigned: 1, running: 2 }), node("birch", "root", { port: 8001 }), node("amber", "root", { port: 8002, state: "dead", assigned: 9 })],
  links: [],
}));
const rows = lab ? rowsOf(lab) : [];

it("counts as load what waits and what runs, and says each node's condition", () => {
  expect(rows.map(({ name, load, condition }) => [name, load, condition])).toEqual([
    ["root", 3, "overloaded"], ["birch", 0, "up"], ["amber", 9, "dead"],
  ]);
});

it("finds nodes by a part of the name or the port, and by condition", () => {
  expect(find(rows, " AMB ", null).map((row) => row.name)).toEqual(["amber"]);
  expect(find(rows, "8001", null).map((row) => row.name)).toEqual(["birch"]);
  expect(find(rows, "", "dead").map((row) => row.name)).toEqual(["amber"]);
  expect(find(rows, "nobody", null)).toEqual([]);
});

it("sorts by name or by load per cpu and leaves the rows themselves alone", () => {
  expect(sorted(rows, { key: "name", falling: false }).map((row) => row.name)).toEqual(["amber", "birch", "root"]);
  expect(sorted(rows, { key: "load", falling: true }).map((row) => row.name)).toEqual(["amber", "root", "birch"]);
  expect(rows[0]?.name).toBe("root");
});

it("turns a column's sorting round and then off", () => {
  const first = turn(null, "load");
  expect(first).toEqual({ key: "load", falling: true });
  expect(turn(first, "load")).toEqual({ key: "load", falling: false });
  expect(turn(turn(first, "load"), "load")).toBeNull();
  expect(turn(first, "name")).toEqual({ key: "name", falling: false });
});

it("cuts many rows into pages and never shows a page that is not there", () => {
  const many = Array.from({ length: 2 * PAGE_ROWS + 1 }, () => rows[0]).filter((row) => row !== undefined);
  expect(pageOf(many, 2)).toMatchObject({ page: 2, pages: 3 });
  expect(pageOf(many, 2).rows).toHaveLength(1);
  expect(pageOf(many, 9).page).toBe(2);
  expect(pageOf([], 0)).toEqual({ rows: [], page: 0, pages: 1 });
});
