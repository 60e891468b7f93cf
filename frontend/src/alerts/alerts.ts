/** What an alert says, and how it is silenced. */
import { request } from "../api/rest";
import type { Alert } from "../api/types";
import { say } from "../i18n/say";

export const SILENCE_S = 600;

/** The sentence in the language that is spoken; in English where the catalog does not have it. */
export const alertText = (alert: Alert): string => say(alert.text, alert);

/** Silences an alert for a while, or ends that (null). */
export const silence = (id: string, seconds: number | null) =>
  request(seconds === null ? "DELETE" : "POST", `/alerts/${encodeURIComponent(id)}/silence`, seconds === null ? undefined : { seconds });
