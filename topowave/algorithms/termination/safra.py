"""Termination detection with a token on a ring, after Safra."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.basic_computation import BasicComputation
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Successor
from topowave.algorithms.requirements import Ring, SingleInitiator


@dataclass(frozen=True)
class Work:
    """A message of the computation that is watched."""


@dataclass(frozen=True)
class Token:
    """The probe: messages sent less messages received, so far, and whether it has met a black node."""

    count: int
    black: bool


class Safra(BasicComputation):
    """Safra's algorithm: a token goes round a ring until it can say that a computation is over everywhere.

    A node counts the messages that it has sent less those that it has received, and turns black when it
    receives one. The token adds up the counts; a black node blackens it and is white again. If the token
    comes home white to a white initiator and all counts add up to 0, nothing was on its way and nobody
    active: the initiator decides. If not, it sends the token round again. How often that is depends on the
    delays alone: fast tokens may go round any number of times while one message is slow.

    The computation watched here is a small one, of at most 2N messages; so it is over within 2N
    units of time, and the token needs 3 more tours at most.

    E. W. Dijkstra, "Shmuel Safra's version of termination detection", EWD 998, 1987;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 8.
    """

    requires = (Ring, SingleInitiator)
    needs = (Successor,)
    messages = (Work, Token)
    bounds = Bounds(time=lambda g: 5 * g.nodes, time_text="5N")
    wave = False
    deciders = "one"

    def setup(self) -> None:
        super().setup()
        self.initiator = False
        self.count = 0  # messages sent less messages received
        self.black = False

    def on_start(self) -> None:
        self.initiator = True
        self.work()
        self.send(self.knows["successor"], Token(0, black=False))

    def on_message(self, sender: int, message: Work | Token) -> None:
        if isinstance(message, Work):
            self.count -= 1
            self.black = True
            self.work()
        else:
            self.receive_token(message)

    def work(self) -> None:
        """Be active for a moment, then passive."""
        receivers = self.choose_receivers()
        self.count += len(receivers)
        self.send_all(receivers, Work())

    def receive_token(self, token: Token) -> None:
        """Pass the token on; at the initiator decide or begin a new tour."""
        black = token.black or self.black
        if not self.initiator:
            self.send(self.knows["successor"], Token(token.count + self.count, black))
        elif not black and token.count + self.count == 0:
            self.decide()
        else:
            self.send(self.knows["successor"], Token(0, black=False))
        self.black = False
