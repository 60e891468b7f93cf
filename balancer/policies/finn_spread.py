"""Finn spread: in each round a Finn wave walks down the tree and brings every node one task of the root's.

The lab course's Finn (`finn-lab`) adds one task to each node as it comes by. This is the same with tasks
that wait at the root already: a node gets one where that leaves it less loaded than the root, in the order
of the wave.
"""

from __future__ import annotations

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.balancer.policies.transfers import Transfers


class FinnSpread(Policy):
    """The root spreads its waiting tasks, one for each node and round."""

    name = "finn-spread"
    title = "Finn spread"
    summary = "a wave down the tree brings every node one task that waits at the root"
    source = "the lab course's Finn wave, which adds one task to each node; after Finn 1979"
    knows = "the root its load, and those of the others as the wave meets them; a node its tree neighbours"
    messages = "N-1: one a link of the tree"
    bound = "at most N-1 tasks a round, none of which runs; only the root gives"
    wins = (
        "where all tasks come in at the root and all nodes are alike. A pile anywhere else stays where "
        "it is, and "
        "cores do not count until a node is as loaded as the root"
    )

    def plan(self, view: LoadView) -> list[Move]:
        """Return one task for each node from the root of its tree, while any waits there."""
        transfers = Transfers(view)
        for root, below in _trees(view):
            load, cpu = view.nodes[root].load, view.nodes[root].cpu
            for node in below:
                if load <= cpu:
                    break
                other = view.nodes[node]
                if (other.load + 1) * cpu < load * other.cpu:
                    load -= transfers.give(root, node, 1)
        return transfers.moves()

    def control_messages(self, view: LoadView) -> int:
        """Return one a link of the tree."""
        return sum(parent is not None for parent in view.parents)


def _trees(view: LoadView) -> list[tuple[int, list[int]]]:
    """Return each root, and the nodes below it in the order in which a wave gets to them."""
    children: list[list[int]] = [[] for _ in view.parents]
    for node, parent in enumerate(view.parents):
        if parent is not None:
            children[parent].append(node)
    found: list[tuple[int, list[int]]] = []
    for root, parent in enumerate(view.parents):
        if parent is None:
            below = list(children[root])
            for node in below:
                below += children[node]
            found.append((root, below))
    return found
