"""Tarry's traversal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class Token:
    """The only message there is: the sum of what the nodes that it has visited contribute."""

    total: float


class Tarry(Algorithm):
    """Tarry's traversal: one token walks through every link once in each direction and comes home.

    Two rules: a node never sends the token twice to the same neighbour, and sends it back to its parent (the
    neighbour that it first came from) only when there is nobody else left. When the initiator has nobody
    left it decides on the sum of the inputs; a node without one counts 1. The parents are a spanning tree.

    G. Tarry, "Le problème des labyrinthes", Nouvelles Annales de Mathématiques 14, 1895;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    requires = (Undirected, Connected, SingleInitiator)
    messages = (Token,)
    bounds = Bounds(
        messages=lambda g: 2 * g.links,
        messages_text="2|E|",
        exact=True,
        time=lambda g: 2 * g.links,
        time_text="2|E|",
    )
    deciders = "one"

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent
        self.unused = set(self.neighbors)

    def on_start(self) -> None:
        self.parent = self.id
        self.pass_on(self.id, Token(number(self.input, 1)))

    def on_message(self, sender: int, message: Token) -> None:
        if self.parent is None:
            self.parent = sender
            message = Token(message.total + number(self.input, 1))
        self.pass_on(sender, message)

    def pass_on(self, sender: int, token: Token) -> None:
        """Send the token on by the two rules, or decide at the initiator."""
        allowed = [q for q in self.neighbors if q in self.unused and q != self.parent]
        if allowed:
            self.pass_to(self.choose(sender, allowed), token)
        elif self.parent is not None and self.parent != self.id:
            self.pass_to(self.parent, token)
        else:
            self.decide(token.total)

    def pass_to(self, neighbor: int, token: Token) -> None:
        """Send the token to `neighbor`, for the first and the last time."""
        self.unused.remove(neighbor)
        self.send(neighbor, token)

    def choose(self, sender: int, allowed: Sequence[int]) -> int:
        """Return one of those that the rules allow: the first in the node's order."""
        return allowed[0]
