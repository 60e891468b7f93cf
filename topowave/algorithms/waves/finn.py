"""Finn's algorithm, as the textbook has it."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import SomeInitiator, StronglyConnected


@dataclass(frozen=True)
class Packet:
    """The two sets of a node, each a bit mask: bit i stands for the node with id i."""

    inc: int
    ninc: int


class Finn(Algorithm):
    """Textbook Finn: a wave over any strongly connected network, any initiators; every node decides.

    Inc holds the nodes with an event before this node's latest event, NInc those all of whose in-neighbours
    have one. Inc = NInc means that Inc is closed under in-neighbours; in a strongly connected network that is
    everybody. Not to be confused with the lab course's Finn (`finn-lab`), which only walks down a tree.

    S. G. Finn, "Resynch procedures and a fail-safe network protocol", IEEE Trans. Comm. 27(6), 1979;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, algorithm 6.9.
    """

    name = "finn-full"
    title = "Textbook Finn"
    requires = (StronglyConnected, SomeInitiator)
    messages = (Packet,)
    bounds = Bounds(
        messages=lambda g: 2 * g.nodes * g.arcs,
        messages_text="2N|A|",
        time=lambda g: 2 * g.diameter + 1,
        time_text="2D+1",
    )
    deciders = "all"

    def setup(self) -> None:
        self.inc = 1 << self.id
        self.ninc = 0
        self.unheard = set(self.in_neighbors)
        self.decided = False

    def on_start(self) -> None:
        if not self.unheard:
            self.ninc |= 1 << self.id
        self.send_all(self.out_neighbors, Packet(self.inc, self.ninc))
        self.decide_when_closed()

    def on_message(self, sender: int, message: Packet) -> None:
        before = (self.inc, self.ninc)
        self.inc |= message.inc
        self.ninc |= message.ninc
        self.unheard.discard(sender)
        if not self.unheard:
            self.ninc |= 1 << self.id
        if (self.inc, self.ninc) != before:
            self.send_all(self.out_neighbors, Packet(self.inc, self.ninc))
        self.decide_when_closed()

    def decide_when_closed(self) -> None:
        """Decide, once, with the number of nodes known, when Inc = NInc."""
        if self.inc == self.ninc and not self.decided:
            self.decided = True
            self.decide(self.inc.bit_count())
