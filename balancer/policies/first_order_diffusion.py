"""First order diffusion: over each link goes a fixed share of the difference of its two ends.

With M = I - L, where link (i, j) weighs 1/(max(d_i, d_j) + 1) for degrees d (Boillat 1990), the loads of a
round are M times those of the last one. For nodes with different cores what is compared is load per core,
and the link weighs min(c_i, c_j) as much (Elsaesser, Monien, Preis 2002). Whole tasks move, and what is no
whole one stays: so every round leaves each node with a mean of loads per core that there were, the worst one
never gets worse, and the sum of load^2/cpu shrinks until no link has a whole task to move.
"""

from __future__ import annotations

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.balancer.policies.transfers import Transfers, links_of


class FirstOrderDiffusion(Policy):
    """Loads flow over links as heat does."""

    name = "first-order-diffusion"
    title = "First order diffusion"
    summary = "over each link the more loaded end gives a fixed share of the difference, each node by itself"
    source = "Cybenko 1989; Boillat 1990; for unequal nodes Elsässer, Monien and Preis 2002"
    knows = "at each node its own load and cores, and those of its neighbours"
    messages = "2 a link in a round: each end tells the other its load"
    bound = (
        "without rounding the distance to the balance shrinks in each round by the second largest absolute "
        "eigenvalue of the diffusion matrix; in whole tasks it stops once no link has "
        "(max(d_i, d_j) + 1) max(c_i, c_j) times 1 to move"
    )
    wins = (
        "where nobody can know everything, and nodes come and go: no node waits for another. On long "
        "paths and "
        "deep trees it takes hundreds of rounds, and leaves a slope of some tasks a link"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return the flow over each link, in whole tasks."""
        transfers = Transfers(view)
        for one, other in links_of(view):
            steep, by = slope(view, one, other)
            flow = abs(steep) // by
            if flow:
                transfers.give(*((one, other) if steep > 0 else (other, one)), flow)
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return two a link."""
        return sum(map(len, view.neighbors))


def slope(view: LoadView, one: int, other: int) -> tuple[int, int]:
    """Return what flows from `one` to `other` in a round, as a fraction: two whole numbers."""
    a, b = view.nodes[one], view.nodes[other]
    degree = max(len(view.neighbors[one]), len(view.neighbors[other]))
    return a.load * b.cpu - b.load * a.cpu, (degree + 1) * max(a.cpu, b.cpu)
