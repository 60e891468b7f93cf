"""Broadcast by flooding."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.requirements import Connected, SingleInitiator, Undirected


@dataclass(frozen=True)
class News:
    """What the initiator has to say."""

    value: object


class Broadcast(Algorithm):
    """Flooding: whoever hears the initiator's news for the first time passes it on and decides on it.

    It is no wave: the initiator decides before anybody has heard it, and never learns whether all have.
    Every node but the initiator leaves out the neighbour that the news came from.

    A. Segall, "Distributed network protocols", IEEE Trans. Inf. Theory 29(1), 1983.
    """

    requires = (Undirected, Connected, SingleInitiator)
    messages = (News,)
    bounds = Bounds(
        messages=lambda g: 2 * g.links - (g.nodes - 1),
        messages_text="2|E| - (N-1)",
        exact=True,
        time=lambda g: g.diameter,
        time_text="D",
    )
    wave = False
    deciders = "all"

    def setup(self) -> None:
        self.parent: int | None = None  # the initiator is its own parent

    def on_start(self) -> None:
        self.pass_on(self.id, News(self.input))

    def on_message(self, sender: int, message: News) -> None:
        if self.parent is None:
            self.pass_on(sender, message)

    def pass_on(self, parent: int, news: News) -> None:
        """Tell everybody but the parent, and decide."""
        self.parent = parent
        self.send_all((q for q in self.neighbors if q != parent), news)
        self.decide(news.value)
