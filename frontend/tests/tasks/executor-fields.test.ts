import { expect, test } from "vitest";
import { asksNothing, EXECUTOR_FIELDS, fieldOrder, fieldText, refusalText } from "../../src/tasks/executor-fields";

const BASIL = { roles: ["gpu", "video"], weight: 2.5, limit: 6 };
const PLAIN = { roles: [], weight: 1, limit: null };

test("what the lab has asks for nothing, as it stands in the field", () => {
  for (const executor of [BASIL, PLAIN]) {
    for (const field of EXECUTOR_FIELDS) expect(asksNothing(executor, field, fieldText(executor, field))).toBe(true);
  }
});

test("what is typed back asks for nothing, however it is written", () => {
  expect(asksNothing(BASIL, "roles", " gpu ,video,")).toBe(true);
  expect(asksNothing(BASIL, "weight", " 2,50 ")).toBe(true);
  expect(asksNothing(BASIL, "weight", "2")).toBe(false);
  expect(asksNothing(PLAIN, "limit", "  ")).toBe(true);
});

test("a text is an order of one field, and what is no number goes to the lab as it is", () => {
  expect(fieldOrder("roles", "gpu, video")).toEqual({ roles: ["gpu", "video"] });
  expect(fieldOrder("roles", " ")).toEqual({ roles: [] });
  expect(fieldOrder("limit", "")).toEqual({ limit: null });
  expect(fieldOrder("limit", "1.5")).toEqual({ limit: 1.5 });
  expect(fieldOrder("weight", "")).toEqual({ weight: "" });
  expect(fieldOrder("weight", "heavy")).toEqual({ weight: "heavy" });
});

test("a refusal stands without the name of its field", () => {
  expect(refusalText("body.weight: Input should be a valid number")).toBe("Input should be a valid number");
  expect(refusalText("body.roles.0: String should have at most 64 characters")).toBe("String should have at most 64 characters");
  expect(refusalText('roles: "gpu" is listed twice')).toBe('"gpu" is listed twice');
  expect(refusalText("amber is run by somebody else")).toBe("amber is run by somebody else");
});
