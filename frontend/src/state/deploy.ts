/** How many nodes are wanted and there, read off what the lab says. Pure. */
import type { Deploy } from "../api/types";
import type { Lab, Network } from "./lab";

/** Whether a node is on its way out of the network. */
export const isLeaving = ({ deploy }: Pick<Lab, "deploy">, name: string | undefined): boolean =>
  name !== undefined && Object.hasOwn(deploy.leaving, name);

/** Those that are on their way out, each with what it waits for. */
export const leavingIn = ({ leaving }: Pick<Deploy, "leaving">): [string, string][] =>
  Object.entries(leaving).map(([name, why]) => [name, why ?? ""]);

/** Whether a text is a number of nodes that a lab may be made to have; `most` null where that is not known. */
export const isReplicas = (text: string, most: number | null): boolean =>
  /^\d{1,9}$/u.test(text.trim()) && Number(text) >= 1 && Number(text) <= (most ?? Infinity);

/** Whether a node may leave: nothing hangs from it, it is not the root, and it is ours. */
export function mayLeave({ network, nodes }: Pick<Lab, "network" | "nodes">, node: number): boolean {
  return network.parents[node] !== -1 && !network.parents.includes(node) && nodes.state[node] !== "foreign";
}

/** To whom a node may be linked, and to whom it is by a link beside the tree, which may be taken away again. */
export function linksOf({ names, parents, links }: Pick<Network, "names" | "parents" | "links">, node: number): { possible: string[]; beside: string[] } {
  const near = links.flatMap(([a, b]) => (a === node ? [b] : b === node ? [a] : []));
  const nameOf = (other: number) => names[other] ?? "";
  return {
    possible: names.filter((_, other) => other !== node && !near.includes(other)),
    beside: near.filter((other) => parents[other] !== node && parents[node] !== other).map(nameOf),
  };
}
