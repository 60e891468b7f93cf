/** How far the lab is with its number of nodes, in one line. Pure. */
import type { Deploy } from "../api/types";
import type { Translation } from "./en";

/** `growing: 22 of 30`, `shrinking to 10: 3 still to leave`; what is not up is said where there is some. */
export function deployText({ phase, actual_replicas: there, desired_replicas: wanted, up, leaving }: Deploy, words: Translation): string {
  const going = Object.keys(leaving).length;
  const shrinks = phase === "shrinking" && going > 0;
  const begin = shrinks && wanted !== null ? words.shrinkingTo(wanted) : words.deployPhases[phase];
  const said = [
    !shrinks && words.deployCount(there, wanted), going > 0 && words.deployLeaving(going), up < there && words.deployUp(up),
  ];
  return `${begin}: ${said.filter(Boolean).join(", ")}`;
}
