/**
 * JSON from servers, whose texts come from files, classes and programs of others: characters that steer what shows them, or
 * turn the line around, stand in the result as escapes. Names of nodes have none: the lab takes only what can be printed.
 */

/** Control characters but the line break and the tab, and what changes the direction of the text that follows. */
const STEERING = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** Where JSON may hold such a character, raw or escaped: most of it holds none, and is not looked at again. */
const SUSPECT = /\\[bfru]|[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/u;

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

/** The text as it may be shown. */
export const plainText = (text: string): string => text.replace(STEERING, escaped);

/** What newer browsers tell a reviver, and how they write a number as it was read. */
interface ExactJson {
  rawJSON?: (source: string) => unknown;
}
/** A whole number of more digits, or one beyond all, is another in JavaScript. */
const isExact = (value: number) => Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** As `parseJson`, with numbers that JavaScript does not have kept as they were written, where the browser can; only to be shown. */
export function parseExactJson(text: string): unknown {
  const { rawJSON } = JSON as ExactJson;
  const revive = (_: string, value: unknown, context?: { source?: string }): unknown => {
    if (typeof value === "string") return plainText(value);
    const source = context?.source;
    return typeof value !== "number" || isExact(value) || !rawJSON || source === undefined ? value : rawJSON(source);
  };
  return JSON.parse(text, revive);
}

/** As it was written, to be said again to the lab and never shown: no digit and no character is another. */
export function parseAsWritten(text: string): unknown {
  const { rawJSON } = JSON as ExactJson;
  return JSON.parse(text, (_: string, value: unknown, context?: { source?: string }): unknown => {
    const source = context?.source;
    return typeof value !== "number" || isExact(value) || !rawJSON || source === undefined ? value : rawJSON(source);
  });
}

/** A value for people to read, as JSON in lines: its keys steer nothing either. */
export const shownJson = (value: unknown): string => plainText(JSON.stringify(value, null, 2));

/** The value of a JSON text; throws where it is none. */
export function parseJson(text: string): unknown {
  if (!SUSPECT.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value: unknown) => (typeof value === "string" ? plainText(value) : value));
}
