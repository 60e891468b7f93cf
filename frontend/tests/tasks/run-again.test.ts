import { expect, test } from "vitest";
import type { TaskHistory } from "../../src/api/types";
import { orderAgain } from "../../src/tasks/run-again";

const TASK: TaskHistory = {
  id: "a", status: "failed", node: "root", kind: "script", title: "", category: "maths", priority: "high", weight: 2, roles: ["gpu"],
  request: null, duration: null, attempts: 1, max_attempts: 3, deadline: 5.5, backoff: 2, not_before: null, submitted_at: 1, assigned_at: 1, started_at: 2,
  finished_at: 3, reason: "error", history: [], script: "/x/pi.py", type: "cpu", timeout: null, params: { seed: 7 }, result: null, error: "it failed",
  took: 1, output: null,
};

test("the same is ordered again, and its deadline is as far away as it was", () => {
  expect(JSON.parse(orderAgain(TASK))).toEqual({
    script: "/x/pi.py", type: "cpu", params: { seed: 7 }, priority: "high", weight: 2, max_attempts: 3, backoff: 2, deadline: 4.5, category: "maths", roles: ["gpu"],
  });
  expect(JSON.parse(orderAgain({ ...TASK, kind: "emulated", duration: 4 }))).toEqual({
    priority: "high", weight: 2, max_attempts: 3, backoff: 2, deadline: 4.5, category: "maths", roles: ["gpu"], duration: 4,
  });
  expect(JSON.parse(orderAgain({ ...TASK, deadline: null }))).not.toHaveProperty("deadline");
});
