"""Election on a one-way ring in O(N log N), after Peterson."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Successor
from topowave.algorithms.requirements import Fifo, Ring, SomeInitiator


@dataclass(frozen=True)
class First:
    """The id that its sender holds in this round."""

    id: int


@dataclass(frozen=True)
class Second:
    """The id that its sender has heard of in this round."""

    id: int


class Peterson(Algorithm):
    """Peterson's election: on a one-way ring, in rounds that each leave at most half of the active nodes.

    An active node holds an id, at first its own. In a round it learns the ids of the two active nodes
    before it. If the nearer one is smaller than both its own and the farther one, it goes on with that id;
    else it is passive from now on and only passes messages on. The node that hears the id that it holds is
    the only one left, and decides on it: the smallest id among the initiators. A node that hears a message
    before it starts is passive.

    G. L. Peterson, "An O(n log n) unidirectional algorithm for the circular extrema problem", ACM TOPLAS
    4(4), 1982; found independently by D. Dolev, M. Klawe and M. Rodeh, J. Algorithms 3(3), 1982; G. Tel,
    Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 7.
    """

    requires = (Ring, SomeInitiator, Fifo)
    needs = (Successor,)
    messages = (First, Second)
    bounds = Bounds(
        messages=lambda g: 2 * g.nodes * (g.nodes.bit_length() - 1) + g.nodes,
        messages_text="2N floor(log2 N) + N",
    )
    deciders = "one"
    starts = "all"

    def setup(self) -> None:
        self.active: bool | None = None  # None: it has neither started nor heard anything
        self.held = self.id
        self.nearer: int | None = None  # what the nearest active node before it holds, once that is known

    def on_start(self) -> None:
        if self.active is None:
            self.active = True
            self.send(self.knows["successor"], First(self.held))

    def on_message(self, sender: int, message: First | Second) -> None:
        if not self.active:
            self.active = False
            self.send(self.knows["successor"], message)
        elif isinstance(message, First):
            self.receive_first(message.id)
        else:
            self.receive_second(message.id)

    def receive_first(self, nearer: int) -> None:
        """Pass the id on to the next active node, or decide if it has come round."""
        if nearer == self.held:
            self.decide(self.held)
        else:
            self.nearer = nearer
            self.send(self.knows["successor"], Second(nearer))

    def receive_second(self, farther: int) -> None:
        """End the round: go on with the nearer id if it is the smallest of the three, or be passive."""
        if self.nearer is None:
            return  # no neighbour sends a second id before a first one
        if self.nearer < min(self.held, farther):
            self.held = self.nearer
            self.send(self.knows["successor"], First(self.held))
        else:
            self.active = False
        self.nearer = None
