import { expect, it } from "vitest";
import { queryOf } from "../../src/api/tasks";

it("says in the query what is wanted, and nothing of the rest", () => {
  expect(queryOf({})).toBe("");
  expect(queryOf({ node: "a&b=c", text: "", role: null, status: ["failed", "pending"], limit: 50 })).toBe("?node=a%26b%3Dc&status=failed&status=pending&limit=50");
});
