"""Round robin: the nodes take turns."""

from __future__ import annotations

from itertools import count

from topowave.balancer.placements.base import Executors
from topowave.balancer.placements.heap_placement import HeapPlacement


class RoundRobin(HeapPlacement):
    """The node whose last turn is longest ago gets the task.

    Where every task fits every node, that is the nodes' order, again and again. Where some fit few nodes, a
    node that had its turn with those waits until the others have had theirs.
    """

    name = "round-robin"
    title = "Round robin"
    summary = "The nodes take turns: the one whose last turn is longest ago gets the task."
    source = "Brisco 1995 (RFC 1794), for servers behind one name"
    knows = "Whose turn it was last; neither loads nor cores nor weights."
    bound = "Where every task fits every node, no two nodes differ by more than one task."
    wins = (
        "It needs no news of loads, so stale ones cannot mislead it, and is as good as any where nodes and "
        "tasks are equal. Where nodes differ, the smaller ones are overloaded; where durations differ, "
        "queues grow behind long tasks."
    )
    same = "Where all nodes have equal cores and weights, it chooses as `weighted-round-robin` does."

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._turns = count(1)
        self._turn = [0] * len(self.nodes)

    def _key(self, node: int, weight: int) -> float:  # noqa: ARG002 - a turn is a turn
        return self._turn[node]

    def _given(self, node: int) -> None:
        self._turn[node] = next(self._turns)
        super()._given(node)

    def _changed(self, node: int) -> None:
        """Loads change nothing."""
