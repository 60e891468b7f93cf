/** Which alerts people are told of. Pure. */
import type { Alert } from "../api/types";

/** Those of which people are told now: silenced ones are in the list only. */
export const told = (alerts: readonly Alert[]): Alert[] =>
  alerts.filter((alert) => alert.state === "firing" && alert.silenced_until === null);

/** The one for the banner: the worst that people are told of; a mere note is for the bell. The worst come first. */
export const worst = (alerts: readonly Alert[]): Alert | null =>
  told(alerts).find((alert) => alert.severity !== "info") ?? null;
