"""Awerbuch's depth-first traversal."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class Token:
    """The traversal itself: the sum of what the nodes that it has visited contribute."""

    total: float


@dataclass(frozen=True)
class Visited:
    """The sender has the token for the first time: do not send it there."""


@dataclass(frozen=True)
class Noted:
    """The answer to Visited."""


class Awerbuch(Algorithm):
    """Awerbuch's depth-first traversal: the token uses the links of its tree only, so it is home in O(N).

    A node that the token visits for the first time tells all its other neighbours, and holds the token until
    each has answered. So nobody sends the token to a visited node, except back to a parent. The initiator
    decides on the sum of the inputs; a node without one counts 1.

    B. Awerbuch, "A new distributed depth-first-search algorithm", Inf. Proc. Letters 20(3), 1985;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    requires = (Undirected, Connected, SingleInitiator)
    messages = (Token, Visited, Noted)
    bounds = Bounds(
        messages=lambda g: 4 * g.links,
        messages_text="4|E|",
        exact=True,
        time=lambda g: 4 * g.nodes - 2,
        time_text="4N-2",
    )
    deciders = "one"

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent
        self.unvisited = set(self.neighbors)
        self.waiting: set[int] = set()
        self.total: float = 0  # the token's, while it is here

    def on_start(self) -> None:
        self.visit(self.id, 0)

    def on_message(self, sender: int, message: Token | Visited | Noted) -> None:
        match message:
            case Token(total):
                self.receive_token(sender, total)
            case Visited():
                self.unvisited.discard(sender)
                self.send(sender, Noted())
            case _:
                self.waiting.remove(sender)
                self.pass_on_when_all_noted()

    def receive_token(self, sender: int, total: float) -> None:
        """Take the token: for the first time, or back from a child."""
        if self.parent is None:
            self.visit(sender, total)
        else:
            self.total = total
            self.pass_on_when_all_noted()

    def visit(self, parent: int, total: float) -> None:
        """Take the token for the first time and tell the other neighbours."""
        self.parent = parent
        self.unvisited.discard(parent)
        self.total = total + number(self.input, 1)
        self.waiting = {q for q in self.neighbors if q != parent}
        self.send_all((q for q in self.neighbors if q != parent), Visited())
        self.pass_on_when_all_noted()

    def pass_on_when_all_noted(self) -> None:
        """Send the token to an unvisited neighbour, else to the parent, else decide."""
        if self.waiting or self.parent is None:
            return
        onward = next((q for q in self.neighbors if q in self.unvisited), self.parent)
        self.unvisited.discard(onward)
        if onward == self.id:
            self.decide(self.total)
        else:
            self.send(onward, Token(self.total))
