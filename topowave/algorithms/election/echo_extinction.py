"""Election by echo waves that put each other out."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import Connected, SomeInitiator, Undirected


@dataclass(frozen=True)
class Token:
    """A message of the echo wave of the initiator `id`, on its way out or back."""

    id: int


class EchoExtinction(Algorithm):
    """Echo with extinction: every initiator starts an echo wave, and a node follows the smallest id it hears.

    A wave with a smaller id takes over every node that it comes to; the others are stuck there. So only the
    wave of the smallest initiator comes home, and it decides. A node that hears of a wave before it starts
    begins none itself.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 7.
    """

    title = "Echo with extinction"
    requires = (Undirected, Connected, SomeInitiator)
    messages = (Token,)
    bounds = Bounds(
        messages=lambda g: 2 * g.nodes * g.links,
        messages_text="2N|E|",
        time=lambda g: 2 * g.nodes - 1,
        time_text="2N-1",
    )
    deciders = "one"
    starts = "all"

    def setup(self) -> None:
        self.wave_of: int | None = None  # whose wave this node is in
        self.parent: int | None = None  # its parent in that wave; the initiator is its own
        self.waiting: set[int] = set()

    def on_start(self) -> None:
        if self.wave_of is None:
            self.join(self.id, self.id)

    def on_message(self, sender: int, message: Token) -> None:
        if self.wave_of is None or message.id < self.wave_of:
            self.join(message.id, sender)
        elif message.id == self.wave_of:
            self.waiting.remove(sender)
            self.answer_when_all_heard()

    def join(self, initiator: int, parent: int) -> None:
        """Leave the wave that this node is in, if any, for the wave of `initiator`."""
        self.wave_of = initiator
        self.parent = parent
        self.waiting = {q for q in self.neighbors if q != parent}
        self.send_all((q for q in self.neighbors if q != parent), Token(initiator))
        self.answer_when_all_heard()

    def answer_when_all_heard(self) -> None:
        """Once every neighbour has been heard in this wave: answer the parent, or decide."""
        if self.waiting or self.parent is None or self.wave_of is None:
            return
        if self.parent == self.id:
            self.decide(self.wave_of)
        else:
            self.send(self.parent, Token(self.wave_of))
