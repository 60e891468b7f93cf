"""The phase algorithm."""

from __future__ import annotations

from dataclasses import dataclass

from topowave.algorithms.base import Algorithm
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.inputs import number
from topowave.algorithms.knowledge import Diameter
from topowave.algorithms.requirements import SomeInitiator, StronglyConnected


@dataclass(frozen=True)
class Pulse:
    """One phase of its sender, with the greatest input that the sender knows of."""

    greatest: float


class Phase(Algorithm):
    """Phase algorithm: D rounds on every arc, where the diameter D is known; every node decides.

    A node sends its next pulse when it has as many from every in-neighbour as it has sent itself; pulses are
    counted, not numbered, so they may overtake each other. After D pulses from each in-neighbour a node has
    something from everybody, and decides on the greatest input; a node without one puts its id.

    G. Tel, Introduction to Distributed Algorithms, 2nd ed., 2000, ch. 6.
    """

    requires = (StronglyConnected, SomeInitiator)
    needs = (Diameter,)
    messages = (Pulse,)
    bounds = Bounds(
        messages=lambda g: g.diameter * g.arcs,
        messages_text="D|A|",
        exact=True,
        time=lambda g: 2 * g.diameter,
        time_text="2D",
    )
    deciders = "all"

    def setup(self) -> None:
        self.heard = dict.fromkeys(self.in_neighbors, 0)
        self.sent = 0
        self.decided = False
        self.greatest = number(self.input, self.id)

    def on_start(self) -> None:
        self.go_on()

    def on_message(self, sender: int, message: Pulse) -> None:
        self.heard[sender] += 1
        self.greatest = max(self.greatest, message.greatest)
        self.go_on()

    def go_on(self) -> None:
        """Send the pulses that are due; decide, once, after the last pulse of the last in-neighbour."""
        last = self.knows["diameter"]
        complete = min(self.heard.values(), default=last)
        while self.sent < last and self.sent <= complete:
            self.sent += 1
            self.send_all(self.out_neighbors, Pulse(self.greatest))
        if complete >= last and not self.decided:
            self.decided = True
            self.decide(self.greatest)
