"""The lab course's heap as its text has it: keyed by -(cpu/load), which puts the idlest node on top.

The text means the most loaded node. What it says finds the one with the most cores for each task, and lets
that give while it is overloaded, to the node with the most free cores. So one node with little to do is
enough, and nobody gives anything, however long the queues are; and where all are overloaded the idlest one
gives away, maybe to a node that is more loaded than it is. `max-load-heap` is what was meant. This one is
here to be compared.
"""

from __future__ import annotations

from heapq import heapify, heappop, heapreplace
from math import inf

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.balancer.policies.max_load_heap import overloaded


class CourseHeap(Policy):
    """The course's heap with the key of its text: the idlest node is on top."""

    name = "course-heap"
    title = "Course's literal heap"
    summary = (
        "the course's text to the letter, an error: the idlest node is on top of the heap, and gives "
        "while it is "
        "overloaded"
    )
    source = "the lab course's text, which keys its heap by -(cpu/load)"
    reads = ("max_cpu",)
    knows = "the cores and the load of every node, at the balancer"
    messages = "none beside the wave that reads the loads"
    bound = "none: it may make the worst node worse, and move a task there and back"
    wins = "never; it shows what a sign in a key does, and that max-load-heap is another policy"

    def plan(self, view: LoadView) -> list[Move]:
        """Return what the idlest nodes give, each one task at most, while the idlest one is overloaded."""
        nodes = view.nodes
        # -(cpu/load), smallest first; a node without load has the most cores for each task that there can be
        heap = [(-node.cpu / node.load if node.load else -inf, at) for at, node in enumerate(nodes)]
        heapify(heap)
        free = [(node.load - node.cpu, at) for at, node in enumerate(nodes) if node.takes]
        heapify(free)
        taken = [0] * len(nodes)
        moves: list[Move] = []
        while heap and overloaded(nodes[heap[0][1]], self.settings.max_cpu):
            _, giver = heappop(heap)
            while free and taken[free[0][1]] == nodes[free[0][1]].room:
                heappop(free)
            if not free or not nodes[giver].gives or not nodes[giver].load:
                continue
            busy, receiver = free[0]
            if receiver == giver:
                continue
            taken[receiver] += 1
            heapreplace(free, (busy + 1, receiver))
            moves.append(Move(nodes[giver].port, nodes[receiver].port, 1))
        return moves
