"""Where new tasks go that name no node: to the node that would receive one if tasks were balanced.

As the heap of `max_load_heap` has its receivers: the node with the most free capacity (cpu - load); where no
node has any, the one that the task would load least. Several are placed one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heapreplace

from topowave.balancer.policies.base import NodeLoad


def place(loads: Sequence[NodeLoad], count: int) -> list[int]:
    """Return for each of `count` tasks which node gets it, by its number in `loads`.

    It takes n for n nodes, and log n for each task.

    Raises:
        ValueError: there is no node.
    """
    if not loads:
        raise ValueError("there is no node to place tasks on")
    scale = max(node.cpu for node in loads) ** 2  # so that loads are ordered exactly as fractions are

    def entry(number: int, load: int) -> tuple[int, int, int, int]:
        cpu = loads[number].cpu
        free = cpu - load
        return (0, -free, number, load) if free > 0 else (1, (load + 1) * scale // cpu, number, load)

    heap = [entry(number, node.load) for number, node in enumerate(loads)]
    heapify(heap)
    chosen: list[int] = []
    for _ in range(count):
        number, load = heap[0][2:]
        chosen.append(number)
        heapreplace(heap, entry(number, load + 1))
    return chosen
