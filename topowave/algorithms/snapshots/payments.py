"""Payments between neighbours: a computation with a law, so that a snapshot of it can be checked.

Money is neither made nor lost: the balances and what is on its way always add up to what there was at first.
A snapshot that is consistent shows the same sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from topowave.algorithms.basic_computation import BasicComputation, mix

FIRST_BALANCE = 100
"""What a node has at first whose input is no whole number."""


@dataclass(frozen=True)
class Recording:
    """One node's part of a snapshot.

    Attributes:
        balance: what the node had when it recorded its state.
        channels: for each in-neighbour from which money was on its way then: the neighbour and the sum.
    """

    balance: int
    channels: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """The balance and all that was on its way here."""
        return self.balance + sum(amount for _, amount in self.channels)


class Payments(BasicComputation):
    """The base of snapshots: nodes that pay each other, and a record of the state of one of them."""

    def setup(self) -> None:
        super().setup()
        self.balance: int = self.input if isinstance(self.input, int) else FIRST_BALANCE
        self.recorded: int | None = None  # the balance in the snapshot
        self.on_the_way = dict.fromkeys(self.in_neighbors, 0)  # money received after the cut, sent before it

    def payments(self) -> Iterable[tuple[int, int]]:
        """Yield to whom an active node pays, and how much of its balance."""
        for neighbor in self.choose_receivers():
            if self.balance > 0:
                amount = 1 + mix(self.id, self.quota, self.balance) % self.balance
                self.balance -= amount
                yield neighbor, amount

    def recording(self) -> Recording:
        """Return this node's part of the snapshot."""
        balance = self.balance if self.recorded is None else self.recorded
        return Recording(balance, tuple((q, paid) for q, paid in self.on_the_way.items() if paid))
