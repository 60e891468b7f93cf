/** The network on which a recorded wave ran: the lab's, where it is the same, so that the drawing is, too. */
import type { WaveEvents } from "../api/types";
import type { Network } from "../state/lab";

/** Networks of former versions that were made last: two waves on one of them share its drawing. */
const KEPT = 8;
const former = new Map<number, Network>();

export function networkOf(events: WaveEvents, now: Network | null): Network {
  const { version } = events.wave;
  // A lab that was started again counts its networks from 1 again: the names tell two of one number apart.
  const isIt = (network: Network | null | undefined): network is Network =>
    network?.version === version && network.names.length === events.nodes.length &&
    network.names.every((name, at) => name === events.nodes[at]);
  const known = former.get(version);
  if (isIt(now)) return now;
  if (isIt(known)) return known;
  const indexOf = new Map(events.nodes.map((name, index) => [name, index]));
  const network: Network = {
    version,
    names: events.nodes,
    ports: events.ports,
    cpus: events.cpus,
    roles: events.roles,
    agents: [],
    parents: events.parents.map((parent) => parent ?? -1),
    links: events.links.map(([a, b]): [number, number] => [indexOf.get(a) ?? 0, indexOf.get(b) ?? 0]),
    indexOf,
  };
  former.delete(version);
  former.set(version, network);
  for (const oldest of former.keys()) {
    if (former.size <= KEPT) break;
    former.delete(oldest);
  }
  return network;
}
