"""Least loaded: to the node that would receive a task if tasks were balanced.

As the heap of `max_load_heap` has its receivers: the node with the most free capacity (cpu - load); where no
node has any, the one that the task would load least. A node with a weight counts as if it had so many times
its cores, so that tasks are shared by cpu * weight.
"""

from __future__ import annotations

from topowave.balancer.placements.base import Executors
from topowave.balancer.placements.heap_placement import HeapPlacement


class LeastLoaded(HeapPlacement):
    """The node with the most free cores gets the task, or, where all are busy, the one it loads least."""

    name = "least-loaded"
    title = "Least loaded"
    summary = (
        "The node with the most free cores gets the task; where none has any, the one that it would load "
        "least."
    )
    source = "Topowave, as the receivers of its max-load heap"
    knows = "Every node's load in cores, its cores and its weight."
    bound = (
        "It is greedy list scheduling with cores for work: where nodes are equal and tasks equally long, no "
        "placement of tasks that come at once ends sooner; in general, were loads the work that is left, it "
        "would take less than twice the best time (Graham 1966)."
    )
    wins = (
        "It fills all cores before anything waits, also where nodes have different numbers of them. It "
        "needs loads that are fresh: with stale ones all new tasks go to the same few nodes."
    )
    same = (
        "Where every node has one core and weight 1, and every task weighs 1, it differs from "
        "`least-connections` and `join-shortest-queue` only in which of equal nodes it takes."
    )

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._capacity = [node.cpu * node.weight for node in self.nodes]

    def _key(self, node: int, weight: int) -> float:
        """Return less than 0 for a node that has free cores, and more for one that has none."""
        capacity, load = self._capacity[node], self.load[node]
        return load - capacity if load < capacity else (load + weight) / capacity
