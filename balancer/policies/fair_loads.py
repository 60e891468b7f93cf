"""The loads that balance nodes with different cores exactly: the least loads per core, the greatest first.

Whole tasks are shared by cores as seats are by votes: one after the other, each to the node that it leaves
with the least load per core (D'Hondt's and Jefferson's divisor method). So the greatest load per core is as
small as it can be, then the second greatest, and so on, and nodes with equal cores differ by 1 at most.
"""

from __future__ import annotations

from collections.abc import Sequence

from topowave.balancer.policies.base import NodeLoad


def fair_loads(nodes: Sequence[NodeLoad]) -> list[int]:
    """Return the load of each node once all that they have is shared by cores.

    Who does not give keeps all that it has, who does not take gets nothing, and `room` is kept to. Of the
    loads that are equally fair these move the fewest tasks. For n nodes it takes n, some dozens of times: as
    often as the load has binary digits, and the square of the greatest number of cores.
    """
    total = sum(node.load for node in nodes)
    least = [0 if node.gives else node.load for node in nodes]
    most = [_most(node, total) for node in nodes]
    # At a level t a node has t/steps tasks a core, rounded down. Two numbers of tasks per core that differ do
    # so by 1/steps or more, so from one level to the next a node gets one task or none, and those that get
    # one are equally fair with it.
    steps = max((node.cpu for node in nodes), default=1) ** 2
    cpus = [node.cpu for node in nodes]

    def at(level: int) -> list[int]:
        return [
            min(high, max(low, level * cpu // steps))
            for low, high, cpu in zip(least, most, cpus, strict=True)
        ]

    low, high = 0, total * steps + 1
    while high - low > 1:
        middle = (low + high) // 2
        if sum(at(middle)) <= total:
            low = middle
        else:
            high = middle
    fair, next_up = at(low), at(low + 1)
    left = total - sum(fair)
    gets = [node for node in range(len(nodes)) if next_up[node] > fair[node]]
    gets.sort(key=lambda node: nodes[node].load <= fair[node])  # first who would else give one: saves a move
    for node in gets[:left]:
        fair[node] += 1
    return fair


def _most(node: NodeLoad, total: int) -> int:
    if not node.takes:
        return node.load
    return total if node.room is None else node.load + node.room
