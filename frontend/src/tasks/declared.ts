/** The parameters that a script declares: its description names each in backticks, with what it is. Pure. */
import { numberIn } from "./written";

export interface Declared {
  name: string;
  /** What the script says of it. */
  about: string;
}

const NAME = /`([A-Za-z_]\w*)`/gu;

/** The parameters in a script's words: "`samples`, how many darts (100,000); `seed`, for the same darts every time." */
export function declaredIn(words: string): Declared[] {
  const found: Declared[] = [];
  for (const part of words.split(";")) {
    const names = [...part.matchAll(NAME)].map(([, name = ""]) => name);
    const about = part.trim().replace(/^`\w+`[,:]?\s*/u, "");
    for (const name of names) {
      // What is said is said of the first.
      if (found.every((one) => one.name !== name)) found.push({ name, about: name === names[0] ? about : "" });
    }
  }
  return found;
}

/** What a field says: a number, a truth, a list or an object as in JSON; else a text. */
function valueIn(written: string): unknown {
  const said = written.trim();
  const number = numberIn(said);
  if (typeof number === "number") return number;
  if (!/^(true|false|null|\[.*\]|\{.*\}|".*")$/su.test(said)) return written;
  try {
    return JSON.parse(said);
  } catch {
    return written;
  }
}

function objectIn(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json.trim() || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** What stands in the field of a parameter; null where the params are no object that fields could show. */
export function fieldOf(json: string, name: string): string | null {
  const value = objectIn(json);
  if (!value) return null;
  const said = value[name];
  return said === undefined ? "" : typeof said === "string" ? said : JSON.stringify(said);
}

/** The params with another value of one; an empty field says nothing. */
export function withField(json: string, name: string, written: string): string {
  const others = Object.entries(objectIn(json) ?? {}).filter(([other]) => other !== name);
  return JSON.stringify(Object.fromEntries(written === "" ? others : [...others, [name, valueIn(written)]]));
}
