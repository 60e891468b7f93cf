"""Snapshots without FIFO, after Lai and Yang."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import SomeInitiator, StronglyConnected
from topowave.algorithms.snapshots.payments import Payments


@dataclass(frozen=True)
class Payment:
    """A message of the computation that is watched; red if its sender has recorded its state."""

    amount: int
    red: bool


@dataclass(frozen=True)
class Sent:
    """The sender has turned red, after so many white payments on this channel."""

    white: int


class LaiYang(Payments):
    """Lai-Yang snapshot: white and red messages cut a computation whose channels may not keep the order.

    A node is white until it records its state, then red, and every message has its sender's colour. A white
    node that gets a red message records before it receives it. A white message that reaches a red node was
    on its way at the cut. In the paper nodes keep whole histories to see what is still missing on a
    channel; here a node that turns red sends on every channel how many white messages it has sent there
    (after F. Mattern, J. Parallel and Distributed Computing 18(4), 1993). A node decides on its part of the
    snapshot when it has all of those numbers and all white messages.

    The computation watched here is one of small payments, at most |A| of them, besides |A| numbers. In the
    snapshot the balances and the money on its way add up to what there was at first.

    T. H. Lai and T. H. Yang, "On distributed snapshots", Inf. Proc. Letters 25(3), 1987;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 10.
    """

    title = "Lai-Yang"
    requires = (StronglyConnected, SomeInitiator)
    messages = (Payment, Sent)
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
        self.sent = dict.fromkeys(self.out_neighbors, 0)  # white payments on each channel
        self.missing = dict.fromkeys(self.in_neighbors, 0)  # white payments announced, less those received
        self.unannounced = set(self.in_neighbors)
        self.decided = False

    def on_start(self) -> None:
        self.pay()
        self.record()
        self.pay()

    def on_message(self, sender: int, message: Payment | Sent) -> None:
        if isinstance(message, Payment):
            if message.red:
                self.record()
            else:
                self.receive_white(sender, message.amount)
            self.balance += message.amount
            self.pay()
        else:
            self.record()
            self.missing[sender] += message.white
            self.unannounced.remove(sender)
        self.decide_when_complete()

    def receive_white(self, sender: int, amount: int) -> None:
        """Count a white payment; at a red node it was on its way at the cut."""
        self.missing[sender] -= 1
        if self.recorded is not None:
            self.on_the_way[sender] += amount

    def pay(self) -> None:
        """Be active for a moment."""
        red = self.recorded is not None
        for neighbor, amount in self.payments():
            if not red:
                self.sent[neighbor] += 1
            self.send(neighbor, Payment(amount, red))

    def record(self) -> None:
        """Turn red, once: record the state and say how many white payments there were."""
        if self.recorded is None:
            self.recorded = self.balance
            for neighbor in self.out_neighbors:
                self.send(neighbor, Sent(self.sent[neighbor]))
            self.decide_when_complete()

    def decide_when_complete(self) -> None:
        """Decide, once, when every channel is announced and all white payments are here."""
        if self.recorded is None or self.unannounced or any(self.missing.values()) or self.decided:
            return
        self.decided = True
        self.decide(self.recording())
