/** A wave of the lab that runs, as a recording: the balancer keeps who sent, received and decided when. */
import type { WaveEvents } from "../api/types";
import type { Line, Recording } from "./recording";

/** Microseconds in a second. */
const MICRO = 1_000_000;

export function recordingOf(events: WaveEvents, title: string): Recording {
  const place = new Map(events.nodes.map((name, at) => [name, at]));
  const first = events.t_us[0] ?? 0;
  const lines = events.event.map((event, at): Line => ({
    t: ((events.t_us[at] ?? 0) - first) / MICRO,
    event,
    node: events.node[at] ?? -1,
    peer: events.peer[at] ?? -1,
    wave: events.wave.id,
    message: null,
    id: events.message[at] ?? null,
    kind: events.kind[at] ?? null,
  }));
  return {
    title,
    unit: "s",
    network: {
      names: events.nodes,
      parents: events.parents.map((parent) => parent ?? -1),
      links: events.links.map(([a, b]): [number, number] => [place.get(a) ?? 0, place.get(b) ?? 0]),
    },
    lines,
  };
}
