"""Termination detection of a diffusing computation, after Dijkstra and Scholten."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.basic_computation import BasicComputation
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import SingleInitiator, Undirected


@dataclass(frozen=True)
class Work:
    """A message of the computation that is watched."""


@dataclass(frozen=True)
class Signal:
    """The answer to one Work message. `messages` counts it and those whose signals the sender has got."""

    messages: int


class DijkstraScholten(BasicComputation):
    """Dijkstra-Scholten: the initiator learns when a computation that it has started is over everywhere.

    Each message of the computation is answered by one signal in the end: M messages, M signals. A node
    outside the tree of the computation that gets a message joins below its sender and owes it a signal; any
    other message it answers at once. A node that is passive and waits for no signal leaves the tree with
    the signal that it owes. When the initiator waits for no signal it decides on the number of messages, M.

    The computation watched here is a small one: M is at most 2|E|, which makes 4|E| in all.

    E. W. Dijkstra and C. S. Scholten, "Termination detection for diffusing computations", Inf. Proc.
    Letters 11(1), 1980; G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 8.
    """

    title = "Dijkstra-Scholten"
    requires = (Undirected, SingleInitiator)
    messages = (Work, Signal)
    bounds = Bounds(messages=lambda g: 4 * g.links, messages_text="4|E|")
    wave = False
    deciders = "one"

    def setup(self) -> None:
        super().setup()
        self.parent: int | None = None  # in the tree of the computation; the initiator is its own
        self.unanswered = 0  # messages that this node has sent and got no signal for
        self.answered = 0  # messages that the signals stand for, while this node is in the tree

    def on_start(self) -> None:
        self.parent = self.id
        self.work()

    def on_message(self, sender: int, message: Work | Signal) -> None:
        if isinstance(message, Signal):
            self.unanswered -= 1
            self.answered += message.messages
            self.leave_when_answered()
        elif self.parent is None:
            self.parent = sender
            self.work()
        else:
            self.send(sender, Signal(1))
            self.work()

    def work(self) -> None:
        """Be active for a moment, then passive."""
        receivers = self.choose_receivers()
        self.unanswered += len(receivers)
        self.send_all(receivers, Work())
        self.leave_when_answered()

    def leave_when_answered(self) -> None:
        """Leave the tree, or decide at its root, once every message is answered."""
        if self.unanswered or self.parent is None:
            return
        if self.parent == self.id:
            self.decide(self.answered)
        else:
            self.send(self.parent, Signal(self.answered + 1))
            self.parent = None
            self.answered = 0
