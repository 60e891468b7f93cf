"""Which node gets a task that names none, by what the balancer knows of loads in virtual time.

What it gives to a node it counts at once; of what is over there, or has moved, it hears `delay` seconds
later, as in a live lab, where nodes report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from topowave.balancer.placements.base import ExecutorLoad, Executors, Placement, TaskNeeds
from topowave.topology import Node, Topology
from topowave.topology.portable_random import PortableRandom


class Placer(Protocol):
    """What chooses nodes in virtual time. What it has of the loads is what the balancer knows of them."""

    @property
    def limited(self) -> bool:
        """Whether a node that ends a task may then take one that it could not take before."""
        ...

    @property
    def place(self) -> Callable[[int, float], int]:
        """Return the node that a task of some weight gets at a time, and count it there; -1 for none."""
        ...

    @property
    def given(self) -> Callable[[int, int], None]:
        """Count a task on the node that it named, by its weight."""
        ...

    def gone(self, node: int, weight: int, time: float, count: int = 1) -> None:
        """Note that tasks, of that weight together, are over on a node, or have left it."""

    def arrived(self, node: int, weight: int, time: float, count: int = 1) -> None:
        """Note that tasks have moved to a node."""

    def set_takes(self, node: int, *, takes: bool) -> None:
        """Note that a node is up or down, which the balancer sees at once."""


class Placing:
    """A placement that hears of changes late; see `Placer`.

    Args:
        placement: what chooses, of nodes without any load.
        delay: how late it hears (s).
    """

    def __init__(self, placement: Placement, delay: float = 0.0) -> None:
        self.limited = any(room is not None for room in placement.room)
        self._placement = placement
        self._delay = delay
        self._load = [0] * len(placement.nodes)
        self._count = [0] * len(placement.nodes)
        self._limits = [node.room for node in placement.nodes]
        self._reports: deque[tuple[float, int, int, int]] = deque()
        self._needs: dict[int, TaskNeeds] = {}

    def place(self, weight: int, time: float) -> int:
        """Return the node that a task gets, and count it there; -1 for none."""
        reports = self._reports
        while reports and reports[0][0] <= time:
            _, node, load, count = reports.popleft()
            self._change(node, load, count)
        needs = self._needs.get(weight)
        if needs is None:
            needs = self._needs[weight] = TaskNeeds(weight=weight)
        chosen = self._placement.choose(needs)
        if chosen is None:
            return -1
        self._load[chosen] += weight
        self._count[chosen] += 1
        return chosen

    def given(self, node: int, weight: int) -> None:
        """Count a task that named its node."""
        self._change(node, weight, 1)

    def gone(self, node: int, weight: int, time: float, count: int = 1) -> None:
        """Note that tasks are over on a node, or have left it: the balancer hears of it."""
        if self._delay:
            self._reports.append((time + self._delay, node, -weight, -count))
        else:
            self._change(node, -weight, -count)

    def arrived(self, node: int, weight: int, time: float, count: int = 1) -> None:
        """Note that tasks have moved to a node: the balancer hears of it."""
        self.gone(node, -weight, time, -count)

    def set_takes(self, node: int, *, takes: bool) -> None:
        """Note that a node is up or down, which the balancer sees at once."""
        self._placement.set_takes(node, takes and self._placement.nodes[node].takes)

    def _change(self, node: int, load: int, count: int) -> None:
        self._load[node] += load
        self._count[node] += count
        self._placement.set_load(node, self._load[node], self._count[node])
        limit = self._limits[node]
        if limit is not None:
            self._placement.set_room(node, max(0, limit - self._count[node]))


def placing_of(
    placement: type[Placement], topology: Topology, parents: Sequence[int | None], delay: float, seed: int
) -> Placing:
    """Return what chooses among the nodes of a topology, none of which has any load.

    Args:
        placement: how.
        topology: whose nodes.
        parents: of each node its parent's number.
        delay: how late it hears of changes (s).
        seed: of what it draws.
    """
    nodes = [_unloaded(node) for node in topology.nodes]
    return Placing(placement(Executors(nodes, PortableRandom(seed), parents)), delay)


def _unloaded(node: Node) -> ExecutorLoad:
    executor = node.executor
    return ExecutorLoad(
        node.cpu,
        0,
        executor.weight,
        node.roles,
        executor.limit,
        count=0,
        takes=executor.active and node.launch,
    )
