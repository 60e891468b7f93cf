/** The words of one part of the page in all languages, beside the part that says them, so that they load with it. */
import { spokenNow, useSpoken } from "./spoken";

/** The same words in another language: a string for a string, a function of the same arguments for a function. */
export type Same<T> = T extends string ? string
  : T extends (...args: infer Args) => string ? (...args: Args) => string
  : { readonly [Key in keyof T]: Same<T[Key]> };

export interface Words<T> {
  en: T;
  de: Same<T>;
  ru: Same<T>;
}

/** Declare the words of a part; whoever leaves one out in a language is told by the compiler. */
export const defineWords = <T>(words: Words<T>): Words<T> => words;

export const useWords = <T>(words: Words<T>): Same<T> => words[useSpoken().language] as Same<T>;

/** The same for whoever is no component. */
export const wordsNow = <T>(words: Words<T>): Same<T> => words[spokenNow().language] as Same<T>;
