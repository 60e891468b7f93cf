/** What the page asks about the reports of experiments. Reading alone: the lab changes nothing there. */
import { balancerHost, request } from "./rest";
import type { Comparison, Experiments, Report } from "./types";

const pathOf = (id: string) => `/experiments/${encodeURIComponent(id)}`;

/** A comparison is a process of its own on the lab's machine, which takes seconds, and waits for the one before. */
const COMPARISON_TIMEOUT_MS = 150_000;

export const listExperiments = () => request("GET", "/experiments") as Promise<Experiments>;
export const readReport = (id: string) => request("GET", pathOf(id)) as Promise<Report>;
export const compareReports = (first: string, second: string) =>
  request("GET", `${pathOf(first)}/against/${encodeURIComponent(second)}`, undefined, COMPARISON_TIMEOUT_MS) as Promise<Comparison>;

/** Where a file of a report is, for a link. */
export async function fileAddress(id: string, file: string): Promise<string> {
  return `${location.protocol}//${await balancerHost()}${pathOf(id)}/files/${file}`;
}

/** The picture of a measure as what an `<img>` shows, in which nothing runs; null where there is none. The caller revokes it. */
export async function readPicture(id: string, measure: string): Promise<string | null> {
  const host = await balancerHost();
  const answer = await fetch(`${location.protocol}//${host}${pathOf(id)}/pictures/${encodeURIComponent(measure)}`, {
    credentials: "include", signal: AbortSignal.timeout(COMPARISON_TIMEOUT_MS),
  });
  return answer.ok ? URL.createObjectURL(await answer.blob()) : null;
}
