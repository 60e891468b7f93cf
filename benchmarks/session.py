"""How long it takes to be anywhere in a long session: `python -m benchmarks.session`.

1,000 nodes pass numbers around for 100,000 events. Then: one event back, jumps to anywhere, and the whole run
scrubbed forwards and backwards at 300 positions.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable

from topowave import Algorithm, Session, SimulationConfig

NODES = 1_000
EVENTS = 100_000
POSITIONS = 300
"""Positions of one scrub: ten seconds at 30 a second."""


class Gossip(Algorithm):
    """Each message is passed on to the next neighbour, a great many times."""

    wave = False

    def setup(self) -> None:
        self.seen = 0
        self.counts: dict[int, int] = {}

    def on_start(self) -> None:
        self.send_all(self.neighbors, 0)

    def on_message(self, sender: int, message: int) -> None:
        self.seen += 1
        self.counts[sender] = self.counts.get(sender, 0) + 1
        if self.seen < 250:
            self.send(self.neighbors[self.seen % len(self.neighbors)], message + 1)


def main() -> None:
    """Measure and print."""
    session = Session(Gossip, f"random:{NODES}:1", SimulationConfig(max_events=EVENTS, delay="uniform:1,10"))
    began = time.perf_counter()
    session.step_to(EVENTS)
    print(f"{session.position:,} events of {NODES:,} nodes in {time.perf_counter() - began:.1f} s")
    copies = session.checkpoints
    print(f"{len(copies)} copies, one each {copies.interval} events, {copies.bytes / 1e6:.0f} MB")
    end = session.position
    chance = random.Random(1)
    tell("one event back", session, [end - number for number in range(1, 101)])
    tell("a jump to anywhere", session, [chance.randrange(end) for _ in range(100)])
    tell("scrubbing forwards", session, [number * end // POSITIONS for number in range(POSITIONS)])
    tell("scrubbing backwards", session, [number * end // POSITIONS for number in range(POSITIONS, -1, -1)])


def tell(what: str, session: Session, positions: Iterable[int]) -> None:
    """Print how long it takes to be at each of some positions."""
    taken: list[float] = []
    for position in positions:
        began = time.perf_counter()
        session.step_to(position)
        taken.append(1e3 * (time.perf_counter() - began))
    print(f"{what}: {statistics.median(taken):.1f} ms in the middle, {max(taken):.1f} ms at most")


if __name__ == "__main__":
    main()
