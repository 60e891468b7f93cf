/** The order that submits what a task was once more. Pure. */
import type { TaskHistory } from "../api/types";

/** As JSON text. Its deadline is as far from now as it was when the task was submitted. */
export function orderAgain(task: TaskHistory): string {
  const { kind, script, type, timeout, params, title, category, request, priority, weight, roles, duration, max_attempts, backoff, deadline, submitted_at } = task;
  return JSON.stringify({
    ...(kind === "script" && { script, type, params, ...(timeout !== null && { timeout }) }),
    priority, weight, max_attempts, backoff,
    ...(title && { title }), ...(category && { category }), ...(request !== null && { request }), ...(roles.length > 0 && { roles }),
    ...(duration !== null && { duration }),
    ...(deadline !== null && deadline > submitted_at && { deadline: Math.round((deadline - submitted_at) * 1000) / 1000 }),
  });
}
