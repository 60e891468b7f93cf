"""Cidon's depth-first traversal."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class Token:
    """The traversal on its way out: the sum of what the nodes that it has visited contribute."""

    total: float


@dataclass(frozen=True)
class Return:
    """The traversal on its way back from a child to its parent."""

    total: float


@dataclass(frozen=True)
class Visited:
    """The sender has the token for the first time: do not send it there."""


class Cidon(Algorithm):
    """Cidon's depth-first traversal: like Awerbuch's, but nobody waits for answers, and mistakes are mended.

    A node that the token visits for the first time tells its other neighbours and sends the token on at once.
    So a token may go to a node that was visited in the meantime. That node takes it as the news that its
    sender is visited, no more; the sender learns of its mistake from the news that is on its way the other
    way, and sends the token on. The initiator decides on the sum of the inputs; a node without one counts 1.

    I. Cidon, "Yet another distributed depth-first-search algorithm", Inf. Proc. Letters 26(6), 1988;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    requires = (Undirected, Connected, SingleInitiator)
    messages = (Token, Return, Visited)
    bounds = Bounds(
        messages=lambda g: 4 * g.links,
        messages_text="4|E|",
        time=lambda g: 2 * g.nodes - 2,
        time_text="2N-2",
    )
    deciders = "one"

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent
        self.unvisited = set(self.neighbors)
        self.trying: int | None = None  # who has the token from here and is expected to give it back
        self.total: float = 0  # the token's, when it was last here

    def on_start(self) -> None:
        self.visit(self.id, 0)

    def on_message(self, sender: int, message: Token | Return | Visited) -> None:
        self.unvisited.discard(sender)
        if isinstance(message, Token) and self.parent is None:
            self.visit(sender, message.total)
        elif sender == self.trying:  # back from a child, or else the mistake comes to light
            if isinstance(message, Return):
                self.total = message.total
            self.pass_on()

    def visit(self, parent: int, total: float) -> None:
        """Take the token for the first time, send it on and tell the other neighbours."""
        self.parent = parent
        self.total = total + number(self.input, 1)
        self.pass_on()
        self.send_all((q for q in self.neighbors if q not in (parent, self.trying)), Visited())

    def pass_on(self) -> None:
        """Send the token to a neighbour not known as visited, else to the parent, else decide."""
        self.trying = next((q for q in self.neighbors if q in self.unvisited), None)
        if self.trying is not None:
            self.unvisited.discard(self.trying)
            self.send(self.trying, Token(self.total))
        elif self.parent == self.id:
            self.decide(self.total)
        elif self.parent is not None:
            self.send(self.parent, Return(self.total))
