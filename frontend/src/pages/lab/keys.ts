/** The keys of the page, and which of them somebody has pressed, on whatever keyboard. */

export const KEYS = ["e", "f", "g", "r", " ", ",", ".", "m", "0", "+", "-", "p", "?", "/", "Escape"] as const;
export type Key = (typeof KEYS)[number];

/** By the place of a key, for keyboards with other letters: Greek, Cyrillic, Hebrew and so on. */
const PLACES = new Map<string, Key>([
  ["KeyE", "e"], ["KeyF", "f"], ["KeyG", "g"], ["KeyR", "r"], ["KeyM", "m"], ["KeyP", "p"], ["Space", " "],
  ["Comma", ","], ["Period", "."], ["Digit0", "0"], ["Numpad0", "0"], ["Equal", "+"], ["NumpadAdd", "+"],
  ["Minus", "-"], ["NumpadSubtract", "-"], ["Slash", "/"], ["NumpadDivide", "/"],
]);

/** What a key means: what is written on it, where that is one of ours; else where it lies. */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): Key | null {
  const written = key.length === 1 ? key.toLowerCase() : key;
  const own = KEYS.find((one) => one === written);
  if (own !== undefined) return own;
  // A letter of ours is where it is written, not where it would lie on another keyboard.
  if (/^[a-z]$/u.test(written)) return null;
  return code === "Slash" && shiftKey ? "?" : (PLACES.get(code) ?? null);
}

/** Whether a key writes something: whoever dictates, or has it under the palm, may press it without meaning to (WCAG 2.1.4). */
export const isCharacter = (key: Key): boolean => key.length === 1 && key !== " ";
