/** Turns text from the network into frames, and refuses what is none: a wrong server must not blank the page. */
import { parseJson } from "./json";
import type { Frame, Problem } from "./types";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const ARRAYS_OF = {
  snapshot: ["links", "nodes", "waves", "events"],
  delta: ["waves", "events"],
} as const;

/** The frame in `text`, or null where it is none that this page knows. */
export function decodeFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return null;
  }
  if (!isFields(value) || typeof value.seq !== "number" || !isFields(value.history)) return null;
  const kind = value.type;
  if (kind !== "snapshot" && kind !== "delta") return null;
  if (!ARRAYS_OF[kind].every((name) => Array.isArray(value[name]))) return null;
  if (kind === "delta" && !(isFields(value.nodes) && Array.isArray(value.nodes.index))) return null;
  return value as unknown as Frame;
}

/** The problem details in an answer that was no success; a plain sentence where it holds none. */
export function decodeProblem(status: number, body: unknown): Problem {
  const fields = isFields(body) ? body : {};
  const title = typeof fields.title === "string" ? fields.title : `The balancer answered ${status}`;
  const detail = typeof fields.detail === "string" ? fields.detail : "";
  return {
    type: "about:blank", status, title, detail,
    ...(typeof fields.code === "string" && isFields(fields.parameters) && { code: fields.code, parameters: fields.parameters }),
  };
}
