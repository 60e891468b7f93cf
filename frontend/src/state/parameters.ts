/** What a parameter of an address may be: how it is read, and how it is written. Pure. */

/** What one parameter means, and how it is written; null and undefined: not at all. */
export interface Parameter<T> {
  read: (text: string) => T | undefined;
  write: (value: T) => string | null;
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
    return [key, (written === null || written.length > MOST_CHARS ? undefined : parameters[key].read(written)) ?? usual[key]] as const;
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
