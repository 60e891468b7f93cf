"""Links: when, and how often, a message arrives."""

from __future__ import annotations

from array import array

from topowave.simulator.delays import Delay
from topowave.simulator.random_streams import RandomStreams

ONE = 2**32
"""The range of a draw's upper half; a probability p is met by the fraction p of it."""


class Links:
    """All arcs of a network, each with delays, losses and duplicates of its own.

    Args:
        arcs: how many there are.
        seed: of the run.
        delay: the delay model.
        fifo: whether messages on an arc arrive in the order in which they were sent.
        loss: the probability that a message is lost, from 0 to 1.
        duplicate: the probability that a message that is not lost arrives twice.
    """

    def __init__(
        self,
        arcs: int,
        seed: int,
        delay: Delay,
        *,
        fifo: bool = False,
        loss: float = 0.0,
        duplicate: float = 0.0,
    ) -> None:
        self.delay = delay
        self._delays = RandomStreams(seed, "delay", arcs)
        self._lost_below = round(loss * ONE)
        self._losses = RandomStreams(seed, "loss", arcs if self._lost_below else 0)
        self._twice_below = round(duplicate * ONE)
        self._twice = RandomStreams(seed, "duplicate", arcs if self._twice_below else 0)
        self._second = RandomStreams(seed, "second delay", arcs if self._twice_below else 0)
        self._latest = array("q", bytes(8 * arcs)) if fifo else None

    @property
    def reliable(self) -> bool:
        """Whether every message arrives exactly once."""
        return not self._lost_below and not self._twice_below

    @property
    def bytes(self) -> int:
        """How much memory a copy takes, with streams of its own (bytes)."""
        streams = (self._delays, self._losses, self._twice, self._second)
        return sum(8 * len(each.state) for each in streams) + 8 * len(self._latest or ())

    def arrivals(self, arc: int, now: int) -> tuple[int, ...]:
        """Return when the copies of a message sent at `now` on `arc` arrive, in ticks; none if it is lost."""
        draw = self._delays.next(arc)
        if self._lost_below and self._losses.next(arc) >> 32 < self._lost_below:
            return ()
        first = self._in_order(arc, now + self.delay.ticks(arc, draw))
        if not self._twice_below or self._twice.next(arc) >> 32 >= self._twice_below:
            return (first,)
        return first, self._in_order(arc, now + self.delay.ticks(arc, self._second.next(arc)))

    def put_off(self, arc: int, arrival: int) -> bool:
        """Note that a message on `arc` arrives so late; return whether others have to stay behind it."""
        return self._latest is not None and self._in_order(arc, arrival) >= arrival

    def _in_order(self, arc: int, arrival: int) -> int:
        """Return the arrival, put off where an earlier message must come first."""
        if self._latest is None:
            return arrival
        arrival = max(arrival, self._latest[arc])
        self._latest[arc] = arrival
        return arrival
