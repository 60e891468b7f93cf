"""Election on a ring, after LeLann."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Successor
from topowave.algorithms.requirements import Fifo, Ring, SomeInitiator


@dataclass(frozen=True)
class Candidate:
    """The node `id` stands for election."""

    id: int


class LeLann(Algorithm):
    """LeLann's election: every candidate's id goes all the way round the ring.

    When its own id is back, a candidate has seen every other, because links keep the order; it decides on
    the smallest. A node that hears of a candidate before it starts is none itself.

    G. Le Lann, "Distributed systems: towards a formal approach", IFIP Congress 1977;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 7.
    """

    name = "lelann"
    requires = (Ring, SomeInitiator, Fifo)
    needs = (Successor,)
    messages = (Candidate,)
    bounds = Bounds(
        messages=lambda g: g.nodes**2,
        messages_text="N²",
        time=lambda g: g.nodes,
        time_text="N",
    )
    starts = "all"

    def setup(self) -> None:
        self.candidate: bool | None = None  # None: it has neither started nor heard of a candidate
        self.smallest = self.id

    def on_start(self) -> None:
        if self.candidate is None:
            self.candidate = True
            self.send(self.knows["successor"], Candidate(self.id))

    def on_message(self, sender: int, message: Candidate) -> None:
        if self.candidate and message.id == self.id:
            self.decide(self.smallest)
            return
        self.candidate = bool(self.candidate)
        self.smallest = min(self.smallest, message.id)
        self.send(self.knows["successor"], message)
