"""The ring wave."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.knowledge import Successor
from topowave.algorithms.requirements import Ring, SingleInitiator


@dataclass(frozen=True)
class Token:
    """The only message there is: the sum of what the nodes that it has passed contribute."""

    total: float


class RingWave(Algorithm):
    """Ring wave: the initiator's token goes round a ring once; every other node passes it on.

    When the token is back it has passed everybody, and the initiator decides on the sum of the inputs; a node
    without one counts 1.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    name = "ring"
    title = "Ring"
    requires = (Ring, SingleInitiator)
    needs = (Successor,)
    messages = (Token,)
    bounds = Bounds(
        messages=lambda g: g.nodes,
        messages_text="N",
        exact=True,
        time=lambda g: g.nodes,
        time_text="N",
    )
    deciders = "one"

    def setup(self) -> None:
        self.initiator = False

    def on_start(self) -> None:
        self.initiator = True
        self.send(self.knows["successor"], Token(number(self.input, 1)))

    def on_message(self, sender: int, message: Token) -> None:
        if self.initiator:
            self.decide(message.total)
        else:
            self.send(self.knows["successor"], Token(message.total + number(self.input, 1)))
