"""Election on a tree."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import SomeInitiator, Tree, Undirected


@dataclass(frozen=True)
class WakeUp:
    """There is an election."""


@dataclass(frozen=True)
class Smallest:
    """The smallest id on the sender's side of the link."""

    id: int


class TreeElection(Algorithm):
    """Election on a tree: a wake-up call, the tree wave with the smallest id, and the result back out.

    Each link carries two wake-up calls and two ids, one of each in each direction. Every node decides on the
    smallest id of all nodes, whoever began.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 7.
    """

    title = "Tree election"
    requires = (Undirected, Tree, SomeInitiator)
    messages = (WakeUp, Smallest)
    bounds = Bounds(
        messages=lambda g: 4 * (g.nodes - 1),
        messages_text="4(N-1)",
        exact=True,
        time=lambda g: 3 * g.diameter,
        time_text="3D",
    )
    deciders = "all"
    starts = "all"

    def setup(self) -> None:
        self.awake = False
        self.waiting = set(self.neighbors)
        self.parent: int | None = None  # the first neighbour that it has sent an id to
        self.smallest = self.id

    def on_start(self) -> None:
        self.wake_up()

    def on_message(self, sender: int, message: WakeUp | Smallest) -> None:
        self.wake_up()
        if isinstance(message, Smallest):
            self.waiting.remove(sender)
            self.smallest = min(self.smallest, message.id)
            self.go_on()

    def wake_up(self) -> None:
        """Wake the neighbours, once."""
        if not self.awake:
            self.awake = True
            self.send_all(self.neighbors, WakeUp())
            self.go_on()

    def go_on(self) -> None:
        """Send to the last neighbour that is not heard; when all are heard decide and tell the others."""
        if self.parent is None and len(self.waiting) == 1:
            (self.parent,) = self.waiting
            self.send(self.parent, Smallest(self.smallest))
        elif not self.waiting:
            self.decide(self.smallest)
            self.send_all((q for q in self.neighbors if q != self.parent), Smallest(self.smallest))
