/** What `GET /algorithms` tells of each algorithm on the network that runs now. */
import { balancerHost } from "./rest";

export interface Algorithm {
  readonly name: string;
  readonly title: string;
  readonly bound: number | null;
  readonly bound_kind: "exactly" | "at most" | null;
  readonly bound_text: string | null;
  /** Why it cannot run from those who usually start it; empty if it can. */
  readonly refused: readonly string[];
}

const TIMEOUT_MS = 15_000;

export async function listAlgorithms(): Promise<readonly Algorithm[]> {
  const host = await balancerHost();
  const answer = await fetch(`${location.protocol}//${host}/algorithms`, {
    credentials: "include",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`/algorithms answered ${answer.status}`);
  return ((await answer.json()) as { algorithms: Algorithm[] }).algorithms;
}
