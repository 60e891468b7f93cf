/** The choices that the browser keeps for the next visit: pure functions between them and the text that it keeps. */
import { isLanguage, type Language } from "./language";
import type { MessageView } from "./view";

export interface Kept {
  language: Language;
  messages: MessageView;
  /** Keys of one character do something. */
  shortcuts: boolean;
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What was kept; what makes no sense is left out, and what moves where the reader wants less of that. */
export function keptIn(text: string | null, lessMotion: boolean): Partial<Kept> {
  const { language, messages, shortcuts } = parsed(text);
  const moves = messages === "dots";
  return {
    ...(isLanguage(language) && { language }),
    ...((messages === "arrows" || messages === "off" || (moves && !lessMotion)) && { messages }),
    ...(typeof shortcuts === "boolean" && { shortcuts }),
  };
}

/** What is to be kept when some of it has changed: the rest stays as another tab may have left it. */
export const keep = (text: string | null, changes: Partial<Kept>): string => JSON.stringify({ ...parsed(text), ...changes });
