/** A task as a form holds it: texts, until they are an order. Pure. */
import type { ScriptOrder } from "../api/types";
import { numberIn, wordsIn } from "./written";

export interface Draft {
  /** A shipped script by its name, a file by its path, or a task that only holds its cores for a while. */
  kind: "example" | "file" | "emulated";
  example: string;
  path: string;
  /** JSON text, as it was written. */
  params: string;
  type: NonNullable<ScriptOrder["type"]>;
  count: number;
  priority: NonNullable<ScriptOrder["priority"]>;
  weight: number;
  attempts: number;
  title: string;
  category: string;
  request: string;
  /** Words with commas between them. */
  roles: string;
  /** Seconds as text; empty for what the lab allows. */
  timeout: string;
  deadline: string;
  backoff: string;
  /** How long it lasts, of a script an estimate. */
  duration: string;
  /** Empty for wherever it fits. */
  node: string;
}

export const EMPTY: Draft = {
  kind: "example", example: "", path: "", params: "{}", type: "cpu", count: 1, priority: "medium", weight: 1, attempts: 1,
  title: "", category: "", request: "", roles: "", timeout: "", deadline: "", backoff: "", duration: "", node: "",
};

/** What is wrong with a JSON text, in the browser's words; null where it is right. */
export function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Seconds as they are said to the lab, which says what is wrong with them: text where they are no number. */
const secondsOf = (text: string): number | string | undefined => (text.trim() === "" ? undefined : numberIn(text));

/** The order as JSON text; what was left empty is not said. The params stay as they were written: no digit of theirs is lost. */
export function orderText(draft: Draft): string {
  const isScript = draft.kind !== "emulated";
  const roles = wordsIn(draft.roles);
  const order = {
    ...(isScript && { script: draft.kind === "file" ? draft.path : draft.example, type: draft.type, timeout: secondsOf(draft.timeout) }),
    count: draft.count, priority: draft.priority, weight: draft.weight, max_attempts: draft.attempts,
    ...(draft.title !== "" && { title: draft.title }), ...(draft.category !== "" && { category: draft.category }),
    ...(draft.request !== "" && { request: draft.request }), ...(roles.length > 0 && { roles }),
    deadline: secondsOf(draft.deadline), duration: secondsOf(draft.duration), backoff: secondsOf(draft.backoff), ...(draft.node !== "" && { node: draft.node }),
  };
  const text = JSON.stringify(order);
  return isScript ? `${text.slice(0, -1)},"params":${draft.params.trim() === "" ? "{}" : draft.params}}` : text;
}
