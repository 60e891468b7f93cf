"""The polling wave."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import Centre, Undirected


@dataclass(frozen=True)
class Question:
    """The initiator asks."""


@dataclass(frozen=True)
class Answer:
    """A node answers with what it contributes."""

    value: float


class Polling(Algorithm):
    """Polling: the initiator asks everybody at once, in a star or a clique, and waits for all answers.

    It decides on the sum of the inputs; a node without one counts 1.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    requires = (Undirected, Centre)
    messages = (Question, Answer)
    bounds = Bounds(
        messages=lambda g: 2 * (g.nodes - 1),
        messages_text="2(N-1)",
        exact=True,
        time=lambda _: 2,
        time_text="2",
    )
    deciders = "one"

    def setup(self) -> None:
        self.waiting: set[int] = set()
        self.total = number(self.input, 1)

    def on_start(self) -> None:
        self.waiting = set(self.neighbors)
        self.send_all(self.neighbors, Question())
        self.decide_when_all_answered()

    def on_message(self, sender: int, message: Question | Answer) -> None:
        if isinstance(message, Answer):
            self.waiting.remove(sender)
            self.total += message.value
            self.decide_when_all_answered()
        else:
            self.send(sender, Answer(self.total))

    def decide_when_all_answered(self) -> None:
        """Decide on the sum once nobody is waited for."""
        if not self.waiting:
            self.decide(self.total)
