/** What `GET /algorithms` says of each algorithm on the network that runs now. */
import { readDescription } from "./rest";
import type { Algorithm, AlgorithmId } from "./types";

/** Those that have a button of their own on the page. */
export const WITH_BUTTON: readonly AlgorithmId[] = ["echo", "finn-lab", "finn-full"];

/** The algorithms without a button, in the lab's order. */
export function othersOf(algorithms: readonly Algorithm[]): readonly Algorithm[] {
  return algorithms.filter(({ name }) => !WITH_BUTTON.some((one) => one === name));
}

export async function listAlgorithms(): Promise<readonly Algorithm[]> {
  return ((await readDescription("/algorithms")) as { algorithms: Algorithm[] }).algorithms;
}
