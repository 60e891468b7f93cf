/** What an alert says, and how it is silenced. */
import { request } from "../api/rest";
import type { Alert } from "../api/types";
import { sentence } from "../i18n/sentences";
import { spokenNow } from "../i18n/spoken";

export const SILENCE_S = 600;

/** The sentence in the language that is spoken; in English where the catalog does not have it. */
export function alertText(alert: Alert): string {
  const { catalog, language } = spokenNow();
  return sentence(catalog, language, alert) ?? alert.text;
}

/** Silences an alert for a while, or ends that (null). */
export const silence = (id: string, seconds: number | null) =>
  request(seconds === null ? "DELETE" : "POST", `/alerts/${encodeURIComponent(id)}/silence`, seconds === null ? undefined : { seconds });
