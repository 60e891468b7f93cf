import { expect, it } from "vitest";
import type { Executor } from "../../src/api/types";
import { foundExecutors, rolesOf } from "../../src/tasks/executors";

const executor = (name: string, change: Partial<Executor> = {}): Executor => ({
  name, role: "leaf", roles: [], cpu: 2, weight: 1, limit: null, active: true, status: "active", load: 0, assigned: 0, running: 0, tasks: [], ...change,
});

it("counts a node's own role among its roles, once", () => {
  expect(rolesOf(executor("a", { role: "gpu", roles: ["gpu", "codec"] }))).toEqual(["gpu", "codec"]);
});

it("finds executors by name, role and status", () => {
  const all = [executor("amber"), executor("birch", { roles: ["GPU"] }), executor("cedar", { active: false, status: "inactive" })];
  const names = (text: string) => foundExecutors(all, text).map(({ name }) => name);
  expect(names("")).toEqual(["amber", "birch", "cedar"]);
  expect(names(" gpu")).toEqual(["birch"]);
  expect(names("inactive")).toEqual(["cedar"]);
});
