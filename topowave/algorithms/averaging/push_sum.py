"""Averaging by push-sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.requirements import SomeInitiator, StronglyConnected

ROUNDS = 64


@dataclass(frozen=True)
class Share:
    """A part of the sender's sum and weight, pushed in a round."""

    round: int
    sum: float
    weight: float


def limits(rounds: int) -> Bounds:
    """Return the bounds of push-sum with so many rounds."""
    return Bounds(
        messages=lambda g: rounds * g.arcs,
        messages_text=f"{rounds}|A|",
        exact=True,
        time=lambda g: rounds + g.diameter,
        time_text=f"{rounds} + D",
    )


class PushSum(Algorithm):
    """Push-sum: every node comes to know the average of all inputs, by passing on shares of what it holds.

    A node holds a sum, at first its input (its id, if it has none), and a weight, at first 1. In each round
    it splits both evenly between itself and its out-neighbours, and holds what it gets. Nothing is made or
    lost, and sum / weight tends to the average at every node, at a speed that depends on the network. After
    64 rounds (a subclass may set `rounds`, and `bounds` with `limits`) a node decides on its estimate. A
    round is over when all shares of it are there, so there is no clock, and the outcome does not depend on
    the delays.

    D. Kempe, A. Dobra and J. Gehrke, "Gossip-based computation of aggregate information", FOCS 2003, where
    a node sends one half to a random node; for fixed shares see F. Bénézit, V. Blondel, P. Thiran, J.
    Tsitsiklis and M. Vetterli, "Weighted gossip", ISIT 2010.
    """

    title = "Push-sum"
    requires = (StronglyConnected, SomeInitiator)
    messages = (Share,)
    bounds = limits(ROUNDS)
    wave = False
    deciders = "all"
    starts = "all"
    rounds: ClassVar[int] = ROUNDS

    def setup(self) -> None:
        self.sum = number(self.input, self.id)
        self.weight = 1.0
        self.round = 0  # the round that it is in; 0 before the first
        self.shares: dict[tuple[int, int], tuple[float, float]] = {}  # by round and sender; some come early

    def on_start(self) -> None:
        if self.round == 0:
            self.push()
            self.pull()

    def on_message(self, sender: int, message: Share) -> None:
        self.shares[message.round, sender] = (message.sum, message.weight)
        self.on_start()
        self.pull()

    def push(self) -> None:
        """Begin a round: split what there is and keep one part."""
        self.round += 1
        self.sum /= len(self.out_neighbors) + 1
        self.weight /= len(self.out_neighbors) + 1
        self.send_all(self.out_neighbors, Share(self.round, self.sum, self.weight))

    def pull(self) -> None:
        """End every round whose shares are all there; decide after the last."""
        while self.round <= self.rounds and all((self.round, q) in self.shares for q in self.in_neighbors):
            for neighbor in self.in_neighbors:
                part, weight = self.shares.pop((self.round, neighbor))
                self.sum += part
                self.weight += weight
            if self.round == self.rounds:
                self.round += 1  # there is no further round
                self.decide(self.sum / self.weight)
            else:
                self.push()
