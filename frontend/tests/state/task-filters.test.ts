import { expect, test } from "vitest";
import { queryOf } from "../../src/api/tasks";
import { filtersSet, filterTasks, NO_FILTERS, queryFor, useTaskFilters } from "../../src/state/task-filters";

test("only what is set is asked for, and no time before 1970", () => {
  expect(queryOf(queryFor(NO_FILTERS, 50))).toBe("?sort=-submitted&limit=50");
  expect(queryOf(queryFor({ ...NO_FILTERS, status: "failed", node: ["oak", "elm"], category: ["", "v"], since: -6e10, cursor: "c" }, 50)))
    .toBe("?cursor=c&node=oak&node=elm&category=v&without=category&sort=-submitted&limit=50&since=0&status=failed");
});

test("an order and a page leave nothing out, a filter does", () => {
  expect(filtersSet({ ...NO_FILTERS, sort: "priority", cursor: "c" })).toEqual([]);
  expect(filtersSet({ ...NO_FILTERS, node: ["oak"], until: 5 })).toEqual(["node", "until"]);
});

test("other filters begin at the first page", () => {
  useTaskFilters.setState({ cursor: "c" });
  filterTasks({ status: "failed" });
  expect(useTaskFilters.getState()).toMatchObject({ status: "failed", cursor: null });
});
