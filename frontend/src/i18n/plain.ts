/**
 * Finding out which sentence a plain text is, where its code and parameters could not come along with it: what the
 * journal keeps, what a script's process says and what a library raises. It is compared with the templates of the
 * catalogs below, as the command line does it (`topowave/translation/plain_sentences.py`). Pure.
 */
import type { Inner } from "./sentences";

/** Most characters of a text that is compared with templates: a longer one is no sentence. */
const PLAIN_CHARS = 2000;
/** Fewest characters beside its parameters of a template that is compared: `{what}: {why}` fits everything. */
const LEAST_SAID = 8;
/** Most texts whose sentences are remembered: a list shows the same ones again and again. */
const REMEMBERED = 2000;
/** A parameter's place, with the form that Python writes it in. */
const PLACE = /\{(\w+)(![rs])?(:[^{}]*)?\}/gu;

/** What a plain text says, with its parameters; null of one that fits no template. */
export type Plain = (english: string) => Inner | null;

interface Place {
  name: string;
  isNumber: boolean;
  isQuoted: boolean;
}

interface Template {
  code: string;
  /** Its longest part that stands in every such text. */
  literal: string;
  said: number;
  places: readonly Place[];
  pattern: RegExp;
}

const escaped = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");

function template(code: string): Template {
  const places: Place[] = [...code.matchAll(PLACE)].map(([, name = "", conversion, form]) => ({
    name, isNumber: name === "count" || form !== undefined, isQuoted: conversion === "!r",
  }));
  const literals = code.replace(PLACE, "\0").split("\0");
  const patterns = places.map(({ name }) => (name === "count" ? String.raw`(\d[\d,]*)` : "(.+?)"));
  return {
    code,
    places,
    literal: literals.reduce((longest, each) => (each.length > longest.length ? each : longest), ""),
    said: literals.join("").length,
    pattern: new RegExp(`^${literals.map((each, at) => escaped(each) + (patterns[at] ?? "")).join("")}$`, "su"),
  };
}

function valueOf({ isNumber, isQuoted }: Place, said: string): string | number {
  const number = Number(said.replaceAll(",", ""));
  if (isNumber && Number.isFinite(number)) return number;
  return isQuoted ? said.replace(/^'(.*)'$/su, "$1") : said;
}

/** Compares texts with templates; of two that fit, the one that says more itself counts. */
export function plainBy(codes: readonly string[]): Plain {
  const templates = codes.map(template).filter(({ said }) => said >= LEAST_SAID).sort((one, other) => other.said - one.said);
  const known = new Map<string, Inner | null>();
  const find: Plain = (english) => {
    for (const { code, literal, places, pattern } of templates) {
      const found = english.includes(literal) ? pattern.exec(english) : null;
      if (!found) continue;
      const parameters = places.map((place, at) => [place.name, valueOf(place, found[at + 1] ?? "")]);
      return { code, parameters: Object.fromEntries(parameters) as unknown, text: english };
    }
    return null;
  };
  return (english) => {
    if (english.length > PLAIN_CHARS || !english.includes(" ")) return null;
    const before = known.get(english);
    if (before !== undefined) return before;
    const found = find(english);
    if (known.size >= REMEMBERED) known.clear();
    known.set(english, found);
    return found;
  };
}
