"""Where new tasks go that name no node: to the node that would receive one if tasks were balanced.

As the heap of `max_load_heap` has its receivers: the node with the most free capacity (cpu - load); where no
node has any, the one that the task would load least. Several are placed one after the other. A node with a
weight counts as if it had so many times its cores, so that tasks are shared by cpu * weight.

A task only goes where it may run: to a node that has one of its roles, cores for its weight, and room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

_Entry = tuple[int, float, int, int]
"""Of a heap: whether no core is free, what comes first, the node, and the load it had."""


@dataclass(frozen=True, slots=True)
class ExecutorLoad:
    """A node that may get tasks.

    Attributes:
        cpu: its cores, 1 or more.
        load: the cores that its tasks want, waiting or running.
        weight: its share, above 0.
        roles: all that it has.
        room: how many more tasks it may be given; None for any number.
    """

    cpu: int
    load: int
    weight: float = 1.0
    roles: frozenset[str] = frozenset()
    room: int | None = None


@dataclass(frozen=True, slots=True)
class TaskNeeds:
    """What a task needs of a node: one of the `roles` (any node without), and `weight` cores."""

    roles: frozenset[str] = frozenset()
    weight: int = 1


def fits(cpu: int, roles: frozenset[str], task: TaskNeeds) -> bool:
    """Return whether a task may run on a node with these cores and roles."""
    return task.weight <= cpu and (not task.roles or not task.roles.isdisjoint(roles))


def place(nodes: Sequence[ExecutorLoad], tasks: Sequence[TaskNeeds]) -> list[int | None]:
    """Return for each task which node gets it, by its number in `nodes`; None where it fits none.

    It takes n for n nodes, once for each kind of needs, and log n for each task.
    """
    load = [node.load for node in nodes]
    room = [node.room for node in nodes]

    def entry(number: int, weight: int) -> _Entry:
        capacity = nodes[number].cpu * nodes[number].weight
        free = capacity - load[number]
        key = -free if free > 0 else (load[number] + weight) / capacity
        return int(free <= 0), key, number, load[number]

    heaps: dict[TaskNeeds, list[_Entry]] = {}
    chosen: list[int | None] = []
    for task in tasks:
        heap = heaps.get(task)
        if heap is None:
            heap = [
                entry(at, task.weight) for at, node in enumerate(nodes) if fits(node.cpu, node.roles, task)
            ]
            heapify(heap)
            heaps[task] = heap
        chosen.append(None)
        while heap and chosen[-1] is None:
            number, known = heap[0][2:]
            left = room[number]
            if left is not None and left <= 0:
                heappop(heap)
            elif known != load[number]:  # of a time when it had less: loads only grow here
                heapreplace(heap, entry(number, task.weight))
            else:
                chosen[-1] = number
                load[number] += task.weight
                room[number] = None if left is None else left - 1
    return chosen
