"""Least connections: to the node with the fewest unfinished tasks for its weight."""

from __future__ import annotations

from topowave.balancer.placements.heap_placement import HeapPlacement


class LeastConnections(HeapPlacement):
    """The node with the fewest tasks for its weight gets the task; of equal ones the first."""

    name = "least-connections"
    title = "Least connections"
    summary = "The node with the fewest unfinished tasks, divided by its weight, gets the task."
    source = "Zhang 2000 (Linux Virtual Server)"
    knows = "How many tasks every node has, and its weight; neither its cores nor how heavy its tasks are."
    bound = ""
    wins = (
        "It follows how fast nodes really are: a slow one keeps its tasks longer, and gets fewer. Nodes "
        "with more cores need a larger weight, since it does not count those."
    )
    same = (
        "Where all weights are equal, it differs from `join-shortest-queue` only in which of equal nodes it "
        "takes; where each node has one core and each task weighs 1 as well, also from `least-loaded`."
    )

    def _key(self, node: int, weight: int) -> float:  # noqa: ARG002 - a task counts as one
        return self.count[node] / self.nodes[node].weight
