/** What can be changed of a node as an executor: how it is written in a field, and what a text in it asks for. Pure. */
import type { Executor, ExecutorOrder } from "../api/types";
import { numberIn, wordsIn } from "./written";

export const EXECUTOR_FIELDS = ["roles", "weight", "limit"] as const;
export type ExecutorField = (typeof EXECUTOR_FIELDS)[number];

/** What the lab has, as it stands in the field; nothing where it has no limit. */
export function fieldText(executor: Pick<Executor, ExecutorField>, field: ExecutorField): string {
  if (field === "roles") return executor.roles.join(", ");
  return executor[field] === null ? "" : String(executor[field]);
}

/** What a text asks for. It is judged by the lab alone, so a number that is none stays the text that it is. */
export function fieldOrder(field: ExecutorField, text: string): Partial<ExecutorOrder> {
  if (field === "roles") return { roles: wordsIn(text) };
  const value = field === "limit" && text.trim() === "" ? null : numberIn(text);
  return { [field]: value };
}

/** Whether a text asks for what the lab has already. */
export const asksNothing = (executor: Pick<Executor, ExecutorField>, field: ExecutorField, text: string): boolean =>
  JSON.stringify(fieldOrder(field, text)) === JSON.stringify({ [field]: executor[field] });

/** Why the lab refuses a field, without the field's name, beside which it stands. */
export const refusalText = (detail: string): string => detail.replace(/^(body\.)?(roles|weight|limit)(\.\d+)?: /u, "");
