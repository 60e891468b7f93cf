"""Snapshots with markers, after Chandy and Lamport."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import Fifo, SomeInitiator, StronglyConnected
from topowave.algorithms.snapshots.payments import Payments


@dataclass(frozen=True)
class Payment:
    """A message of the computation that is watched."""

    amount: int


@dataclass(frozen=True)
class Marker:
    """On this channel, what came before belongs to the snapshot and what comes after does not."""


class ChandyLamport(Payments):
    """Chandy-Lamport snapshot: one marker on every channel cuts a running computation consistently.

    An initiator, or a node that gets its first marker, records its state and sends a marker on every
    channel. What arrives afterwards on a channel before that channel's marker was on its way at the cut. A
    node decides on its part of the snapshot when it has a marker from every in-neighbour. Channels must
    keep the order.

    The computation watched here is one of small payments, at most |A| of them, besides |A| markers. In the
    snapshot the balances and the money on its way add up to what there was at first.

    K. M. Chandy and L. Lamport, "Distributed snapshots: determining global states of distributed systems",
    ACM TOCS 3(1), 1985; G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 10.
    """

    title = "Chandy-Lamport"
    requires = (StronglyConnected, SomeInitiator, Fifo)
    messages = (Payment, Marker)
    bounds = Bounds(
        messages=lambda g: 2 * g.arcs,
        messages_text="2|A|",
        time=lambda g: g.diameter + 1,
        time_text="D+1",
    )
    wave = False
    deciders = "all"

    def setup(self) -> None:
        super().setup()
        self.unmarked = set(self.in_neighbors)

    def on_start(self) -> None:
        self.pay()
        self.record()
        self.pay()

    def on_message(self, sender: int, message: Payment | Marker) -> None:
        if isinstance(message, Payment):
            self.balance += message.amount
            if self.recorded is not None and sender in self.unmarked:
                self.on_the_way[sender] += message.amount
            self.pay()
        else:
            self.record()
            self.unmarked.remove(sender)
            self.decide_when_all_marked()

    def pay(self) -> None:
        """Be active for a moment."""
        for neighbor, amount in self.payments():
            self.send(neighbor, Payment(amount))

    def record(self) -> None:
        """Record the state and send the markers, once."""
        if self.recorded is None:
            self.recorded = self.balance
            self.send_all(self.out_neighbors, Marker())
            if not self.in_neighbors:
                self.decide_when_all_marked()

    def decide_when_all_marked(self) -> None:
        """Decide on this node's part of the snapshot once every channel has been marked."""
        if not self.unmarked:
            self.decide(self.recording())
