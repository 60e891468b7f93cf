/** Moves of tasks that have just happened, for the time in which they are shown. */
import { useEffect, useState } from "react";
import type { FeedEvent } from "../api/types";
import { useLab } from "./lab-store";

export interface Move {
  id: number;
  giver: string;
  receiver: string;
  tasks: number;
}

/** How long a move is seen, and how many at once. */
export const MOVE_MS = 1_800;
const AT_ONCE = 40;

/** The moves among events that came after number `seen`. */
export const movesIn = (events: readonly FeedEvent[], seen: number): Move[] =>
  events.flatMap(({ seq, kind, node, receiver, tasks }) =>
    seq > seen && kind === "move" && node !== null && receiver !== null && tasks !== null
      ? [{ id: seq, giver: node, receiver, tasks }]
      : [],
  );

export function useMoves(): readonly Move[] {
  const [moves, setMoves] = useState<readonly Move[]>([]);
  useEffect(() => {
    let seen = useLab.getState().lab?.events.at(-1)?.seq ?? 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = useLab.subscribe(({ lab }, { lab: before }) => {
      if (!lab || lab.events === before?.events) return;
      const last = lab.events.at(-1)?.seq ?? 0;
      // What came with a first snapshot, or of another lab with numbers of its own, is past.
      const fresh = before && last > seen ? movesIn(lab.events, seen) : [];
      seen = last;
      if (fresh.length === 0) return;
      setMoves((now) => [...now, ...fresh].slice(-AT_ONCE));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setMoves((now) => now.filter((move) => !fresh.includes(move)));
      }, MOVE_MS);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, []);
  return moves;
}
