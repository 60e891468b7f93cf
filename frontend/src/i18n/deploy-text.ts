/** How far the lab is with its number of nodes, in one line. Pure. */
import type { Deploy } from "../api/types";
import type { Translation } from "./en";

/** `growing: 22 of 30`; what is on the way out, and what is not up, is said where there is some. */
export function deployText({ phase, actual_replicas: there, desired_replicas: wanted, up, leaving }: Deploy, words: Translation): string {
  const going = Object.keys(leaving).length;
  const more = [going > 0 && words.deployLeaving(going), up < there && words.deployUp(up)].filter(Boolean);
  return [`${words.deployPhases[phase]}: ${words.deployCount(there, wanted)}`, ...more].join(", ");
}
