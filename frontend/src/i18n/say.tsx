/** What the server says, in the reader's language: by its code and parameters, or in English where no catalog has it. */
import type { Problem } from "../api/types";
import { plainSentence, sentence, type Inner } from "./sentences";
import { spokenNow, useSpoken, type Spoken } from "./spoken";

type Told = { code?: string | null; parameters?: unknown } | null | undefined;

const isTold = (value: unknown): value is Inner =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";

function translated({ catalog, language, plain }: Spoken, english: string, told: unknown): string | null {
  if (language === "en") return english;
  return (isTold(told) ? sentence(catalog, language, told, plain) : null) ?? plainSentence(catalog, language, english, plain);
}

/** A sentence of the server, or a title; `told` has its code and parameters where it came with them. */
export type Say = (english: string, told?: unknown) => string;

/** A component that says something so says it anew in another language by `useTranslation`. */
export const say: Say = (english, told) => translated(spokenNow(), english, told) ?? english;

/** The same as an element, marked as English for screen readers where it could not be translated. */
export function Said({ text, told }: { text: string; told?: unknown }) {
  const said = translated(useSpoken(), text, told);
  return said === null ? <span lang="en">{text}</span> : <>{said}</>;
}

/** A refusal with its title and detail in the reader's language. */
export function problemSaid(problem: Problem & Told): { title: string; detail: string; status: number } {
  return { title: say(problem.title), detail: say(problem.detail, problem), status: problem.status };
}

/** The code and parameters of one member of an object that has `sentences`. */
export const toldOf = (sentences: Readonly<Record<string, unknown>> | undefined, member: string): unknown => sentences?.[member];

/** The same of each of a member that is a list. */
export function toldEach(sentences: Readonly<Record<string, unknown>> | undefined, member: string): readonly unknown[] {
  const all = sentences?.[member];
  return Array.isArray(all) ? all : [];
}
