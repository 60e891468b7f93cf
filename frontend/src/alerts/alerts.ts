/** What an alert says, and how it is silenced. */
import { request } from "../api/rest";
import type { Alert, Alerts } from "../api/types";
import { say } from "../i18n/say";

export const SILENCE_S = 600;
/** So many of those that are over are shown. */
const ENDED_SHOWN = 10;

/** The sentence in the language that is spoken; in English where the catalog does not have it. */
export const alertText = (alert: Alert): string => say(alert.text, alert);

/** Silences an alert for a while, or ends that (null). */
export const silence = (id: string, seconds: number | null) =>
  request(seconds === null ? "DELETE" : "POST", `/alerts/${encodeURIComponent(id)}/silence`, seconds === null ? undefined : { seconds });

/** The last ones that were resolved, the last first. */
export const readEnded = async () => ((await request("GET", `/alerts?state=resolved&history=${ENDED_SHOWN}`)) as Alerts).history;
