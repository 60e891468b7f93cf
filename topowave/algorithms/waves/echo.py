"""The echo wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class Token:
    """The wave on its way out: it carries nothing."""


@dataclass(frozen=True)
class Reply:
    """The wave on its way back: what the sender's subtree contributes."""

    report: object = None


class Echo(Algorithm):
    """Echo wave over any connected network from one initiator; its parent pointers are a spanning tree.

    The initiator sends a token to every neighbour. Any other node takes the first sender as its parent and
    sends a token to every other neighbour. A node that has heard from all its neighbours answers its parent,
    the initiator decides. On the way back the nodes' inputs are combined.

    E. J. H. Chang, "Echo algorithms: depth parallel operations on general graphs", IEEE TSE 8(4), 1982;
    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, algorithm 6.5.
    """

    requires = (Undirected, Connected, SingleInitiator)
    messages = (Token, Reply)
    bounds = Bounds(
        messages=lambda g: 2 * g.links,
        messages_text="2|E|",
        exact=True,
        time=lambda g: 2 * g.nodes - 1,
        time_text="2N-1",
    )
    deciders = "one"
    one_message_a_link = True

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent
        self.waiting = set(self.neighbors)
        self.reports: dict[int, object] = {}

    def on_start(self) -> None:
        self.join(self.id)

    def on_message(self, sender: int, message: Token | Reply) -> None:
        if sender not in self.waiting:
            return
        self.waiting.remove(sender)
        if isinstance(message, Reply):
            self.reports[sender] = message.report
        if self.parent is None:
            self.join(sender)
        else:
            self.answer_when_all_heard()

    def on_down(self, neighbor: int) -> None:
        """Go on without a neighbour that is gone; its subtree will be missing from the report."""
        if neighbor in self.waiting:
            self.waiting.remove(neighbor)
            self.answer_when_all_heard()

    def join(self, parent: int) -> None:
        """Take `parent` as the parent and pass the token on."""
        self.parent = parent
        self.send_all((q for q in self.neighbors if q in self.waiting), Token())
        self.answer_when_all_heard()

    def answer_when_all_heard(self) -> None:
        """Reply to the parent, or decide at the initiator, once every neighbour has been heard."""
        if self.waiting or self.parent is None:
            return
        report = self.combine([self.reports[q] for q in self.neighbors if q in self.reports])
        if self.parent == self.id:
            self.decide(report)
        else:
            self.send(self.parent, Reply(report))

    def combine(self, reports: list[object]) -> object:
        """Join the node's input and its children's reports: a tree of mappings, a sum of numbers, or None."""
        own = self.input
        if isinstance(own, Mapping):
            return {**cast("Mapping[str, object]", own), "children": reports}
        if isinstance(own, (int, float)):
            return own + sum(r for r in reports if isinstance(r, (int, float)))
        return None
