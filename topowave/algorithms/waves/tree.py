"""The tree wave."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import LeavesInitiate, Tree, Undirected


@dataclass(frozen=True)
class Token:
    """What the sender's side of the link contributes in all."""

    total: float


class TreeWave(Algorithm):
    """Tree wave: from the leaves inwards, until two neighbours meet; those two decide.

    A node that has heard from all its neighbours but one sends to that one, so each node sends once; a node
    that has then heard from this last one too decides on the sum of the inputs; a node without one counts 1.
    Every leaf must initiate.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    name = "tree"
    title = "Tree"
    requires = (Undirected, Tree, LeavesInitiate)
    messages = (Token,)
    bounds = Bounds(
        messages=lambda g: g.nodes if g.nodes > 1 else 0,
        messages_text="N (0 if N = 1)",
        exact=True,
        time=lambda g: g.diameter,
        time_text="D",
    )

    def setup(self) -> None:
        self.waiting = set(self.neighbors)
        self.parent: int | None = None  # the only neighbour that it has sent to
        self.total = number(self.input, 1)

    def on_start(self) -> None:
        self.send_when_one_is_left()
        if not self.neighbors:
            self.decide(self.total)

    def on_message(self, sender: int, message: Token) -> None:
        self.send_when_one_is_left()  # a leaf may hear from its neighbour before it starts
        self.waiting.remove(sender)
        self.total += message.total
        self.send_when_one_is_left()
        if not self.waiting:
            self.decide(self.total)

    def send_when_one_is_left(self) -> None:
        """Send to the last neighbour that has not been heard, once."""
        if self.parent is None and len(self.waiting) == 1:
            (self.parent,) = self.waiting
            self.send(self.parent, Token(self.total))
