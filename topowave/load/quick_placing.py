"""Least loaded for a million tasks that hold one core each: as `LeastLoaded` chooses, in a third of the time.

The keys of a node, by its load, are whole numbers here. `LeastLoaded` orders nodes by load - cores while they
have free ones, which is below 0, and then by (load + 1) / cores; times the least common multiple of all cores
that is whole too. Times the number of nodes, plus the node's own number, that is one number for key and node:
the heap compares numbers instead of triples, and an entry is old if it is not what its node has now.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace

SPARE = 1000
"""Entries that the heap may have beyond twice the nodes before old ones are thrown out."""
CLOSED = -1 << 80
"""What a node has now that takes nothing: no entry is equal to it."""


class QuickLeastLoaded:
    """A `Placer`: `LeastLoaded`, for tasks of weight 1 on nodes without limits that report at once.

    Args:
        cpus: cores of each node.
        takes: whether each gets tasks.
    """

    limited = False

    def __init__(  # noqa: C901, PLR0915 - closures, for speed
        self, cpus: Sequence[int], takes: Sequence[bool]
    ) -> None:
        nodes = len(cpus)
        multiple = math.lcm(*cpus)

        def key(cpu: int, tasks: int) -> int:
            return (tasks - cpu if tasks < cpu else (tasks + 1) * (multiple // cpu)) * nodes

        tables = {cpu: [key(cpu, tasks) for tasks in range(4 * cpu)] for cpu in set(cpus)}
        keys = [tables[cpu] for cpu in cpus]
        load = [0] * nodes
        opened = [*takes]
        current = [keys[node][0] + node if takes[node] else CLOSED for node in range(nodes)]
        heap = [entry for entry in current if entry != CLOSED]
        heapify(heap)
        most = 2 * nodes + SPARE

        def place(weight: int, time: float) -> int:  # noqa: ARG001 - one core, and it heard of all
            try:
                top = heap[0]
                node = top % nodes
                while current[node] != top:
                    heappop(heap)
                    top = heap[0]
                    node = top % nodes
            except IndexError:
                return -1
            tasks = load[node] = load[node] + 1
            table = keys[node]
            top = (table[tasks] if tasks < len(table) else longer(node, tasks)) + node
            current[node] = top
            heapreplace(heap, top)
            return node

        def longer(node: int, tasks: int) -> int:
            table = keys[node]
            table.extend(key(cpus[node], more) for more in range(len(table), 2 * tasks + 1))
            return table[tasks]

        def change(node: int, by: int) -> None:
            tasks = load[node] = load[node] + by
            if opened[node]:
                table = keys[node]
                top = (table[tasks] if tasks < len(table) else longer(node, tasks)) + node
                current[node] = top
                heappush(heap, top)
                if len(heap) > most:
                    heap[:] = [entry for entry in current if entry != CLOSED]
                    heapify(heap)

        def gone(node: int, weight: int, time: float, count: int = 1) -> None:  # noqa: ARG001
            if len(heap) > most or not opened[node]:
                change(node, -weight)
                return
            tasks = load[node] = load[node] - weight  # as `change`, without another call: there was one more
            current[node] = top = keys[node][tasks] + node
            heappush(heap, top)

        def arrived(node: int, weight: int, time: float, count: int = 1) -> None:  # noqa: ARG001
            change(node, weight)

        def set_takes(node: int, *, takes_now: bool) -> None:
            opened[node] = takes_now and takes[node]
            current[node] = CLOSED
            change(node, 0)

        self.place, self.given, self.gone, self.arrived = place, change, gone, arrived
        self._set_takes = set_takes

    def set_takes(self, node: int, *, takes: bool) -> None:
        """Note that a node is up or down."""
        self._set_takes(node, takes_now=takes)
