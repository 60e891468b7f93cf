/** The nodes that are predicted to be overloaded in the next round, and are not yet. */
import type { Lab } from "./lab";

export const bottlenecksIn = ({ network, nodes }: Pick<Lab, "network" | "nodes">): string[] =>
  network.names.filter((_, node) => nodes.bottleneck[node] === true);
