"""Election on a ring, after Chang and Roberts."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Successor
from topowave.algorithms.requirements import Ring, SomeInitiator


@dataclass(frozen=True)
class Candidate:
    """The node `id` stands for election."""

    id: int


class ChangRoberts(Algorithm):
    """Chang-Roberts election: on a one-way ring the smallest id among the initiators wins and decides.

    A candidate's id travels round until it meets a candidate with a smaller id; only the smallest comes
    home. At worst the ids rise along the ring: N + (N-1) + ... + 1 messages; at best they fall: 2N - 1.
    Over all orders of ids the mean is N(1 + 1/2 + ... + 1/N). A node that hears of a candidate before it
    starts is none itself.

    E. Chang and R. Roberts, "An improved algorithm for decentralized extrema-finding in circular
    configurations of processes", CACM 22(5), 1979; G. Tel, Introduction to Distributed Algorithms, 2nd ed.,
    2000, ch. 7.
    """

    title = "Chang-Roberts"
    requires = (Ring, SomeInitiator)
    needs = (Successor,)
    messages = (Candidate,)
    bounds = Bounds(
        messages=lambda g: g.nodes * (g.nodes + 1) // 2,
        messages_text="N(N+1)/2",
        time=lambda g: g.nodes,
        time_text="N",
    )
    deciders = "one"
    starts = "all"

    def setup(self) -> None:
        self.candidate: bool | None = None  # None: it has neither started nor heard of a candidate

    def on_start(self) -> None:
        if self.candidate is None:
            self.candidate = True
            self.send(self.knows["successor"], Candidate(self.id))

    def on_message(self, sender: int, message: Candidate) -> None:
        if self.candidate and message.id == self.id:
            self.decide(self.id)
        elif not self.candidate or message.id < self.id:
            self.candidate = False
            self.send(self.knows["successor"], message)
