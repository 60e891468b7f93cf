/** What a parameter of an address may be: how it is read, and how it is written. Pure. */

/** What one parameter means, and how it is written; null and undefined: not at all. */
export interface Parameter<T> {
  read: (text: string) => T | undefined;
  write: (value: T) => string | null;
  /** Longest text that is read; `MOST_CHARS` where this is left out. */
  mostChars?: number;
}

/** Longer texts come from nobody's page: names have at most 64 characters, ids of waves are shorter. */
export const MOST_CHARS = 200;

export const oneOf = <T extends string>(...all: T[]): Parameter<T> => ({
  read: (text) => all.find((one) => one === text), write: (value) => value,
});
export const flag: Parameter<boolean> = {
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined), write: (value) => (value ? "1" : "0"),
};
export const some = <T extends string>(one: Parameter<T>): Parameter<T | null> => ({ read: one.read, write: (value) => value && one.write(value) });
export const text: Parameter<string | null> = { read: (written) => written || undefined, write: (value) => value };
/** Names are read until here: a reader who chooses more of them means all. */
const LIST_CHARS = 8_000;
/** Stands among several for what has none: an empty parameter would say nothing. */
const NONE = "~";
const SIGNS = /[%,~]/gu;
const ESCAPED = /%(25|2c|7e)/gu;
const escaped = (value: string): string => (value === "" ? NONE : value.replace(SIGNS, (sign) => `%${sign.charCodeAt(0).toString(16)}`));
const plain = (written: string): string => (written === NONE ? "" : written.replace(ESCAPED, (_, code: string) => String.fromCharCode(parseInt(code, 16))));

/** Several names with commas between them, each once; "" stands for what has none. */
export const several: Parameter<readonly string[]> = {
  read: (written) => (written ? [...new Set(written.split(",").map(plain))] : undefined),
  write: (values) => values.map(escaped).join(",") || null,
  mostChars: LIST_CHARS,
};
/** Several of a set, in its order; what is none of it is left out. */
export const severalOf = <T extends string>(...all: readonly T[]): Parameter<readonly T[]> => ({
  read: (written) => {
    const named = written.split(",");
    const found = all.filter((one) => named.includes(one));
    return found.length > 0 ? found : undefined;
  },
  write: (values) => all.filter((one) => values.includes(one)).join(",") || null,
});
/** Unix seconds with their parts: the edges of what a chart counts. */
export const moment: Parameter<number | null> = {
  read: (written) => (/^\d{1,11}(\.\d{1,9})?$/u.test(written) ? Number(written) : undefined),
  write: (value) => (value === null || value < 0 ? null : String(value)),
};
/** Unix seconds, whole ones. */
export const seconds: Parameter<number | null> = {
  read: (written) => (/^\d{1,11}$/u.test(written) ? Number(written) : undefined),
  write: (value) => (value === null || value < 0 ? null : String(Math.floor(value))),
};

/** The parameters of a page by their names; those that differ from the usual ones stand in the address. */
export type Parameters<T> = { readonly [Key in keyof T]: Parameter<T[Key]> };

/** What `search` says of `parameters`; what it does not say, or says wrongly, is as usual. */
export function valuesIn<T extends object>(search: string, parameters: Parameters<T>, usual: T): T {
  const query = new URLSearchParams(search);
  const said = (Object.keys(parameters) as (keyof T & string)[]).map((key) => {
    const written = query.get(key);
    return [key, (written === null || written.length > (parameters[key].mostChars ?? MOST_CHARS) ? undefined : parameters[key].read(written)) ?? usual[key]] as const;
  });
  return Object.fromEntries(said) as T;
}

/** `search` with the parameters as `values` has them; those of others stay. */
export function searchWith<T extends object>(search: string, parameters: Parameters<T>, usual: T, values: T): string {
  const query = new URLSearchParams(search);
  for (const key of Object.keys(parameters) as (keyof T & string)[]) {
    const written = parameters[key].write(values[key]);
    if (written === null || written === parameters[key].write(usual[key])) query.delete(key);
    else query.set(key, written);
  }
  const after = query.toString();
  return after && `?${after}`;
}
