/** What `GET /algorithms` says of each algorithm on the network that runs now. */
import { balancerHost } from "./rest";
import type { AlgorithmId } from "./types";

export interface Algorithm {
  readonly name: string;
  readonly title: string;
  readonly bound: number | null;
  readonly bound_kind: "exactly" | "at most" | null;
  readonly bound_text: string | null;
  /** Who usually starts it. */
  readonly initiators: readonly string[];
  /** Why it cannot run from those who usually start it; empty if it can. */
  readonly refused: readonly string[];
}

/** Those that have a button of their own on the page. */
export const WITH_BUTTON: readonly AlgorithmId[] = ["echo", "finn-lab", "finn-full"];

/** The algorithms without a button, in the lab's order. */
export function othersOf(algorithms: readonly Algorithm[]): readonly Algorithm[] {
  return algorithms.filter(({ name }) => !WITH_BUTTON.some((one) => one === name));
}

/** The proven number of messages as a formula and as a figure, such as "2|E| = 28"; null where nothing is proven. */
export function costOf({ bound, bound_kind, bound_text }: Algorithm): string | null {
  if (bound === null) return null;
  return `${bound_text ?? ""} ${bound_kind === "exactly" ? "=" : "≤"} ${bound}`.trim();
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
