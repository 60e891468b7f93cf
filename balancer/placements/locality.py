"""Locality: to the nearest node in the tree that has a free core.

Sets of nodes are integers here, a bit a node: which have k free cores, which have a role, which are at most
so many links away from an origin. So the nearest is found by halving over distances, in a few operations on
integers for any number of nodes; what is near an origin is computed once, and kept in bounded memory.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from topowave.balancer.placements.base import Executors, Placement, TaskNeeds

BITS_KEPT = 500_000_000
"""Most bits of sets of what is near which origin that are kept: 62 MB; the oldest is computed anew."""


class Locality(Placement):
    """The nearest node with free cores for the task gets it, or the nearest of the least loaded."""

    name = "locality"
    title = "Locality"
    summary = (
        "The node nearest in the tree to where the task comes in that has free cores for it; where none "
        "has, the least loaded, of equal ones the nearest."
    )
    source = "Lin and Keller 1987, whose gradient leads to the nearest idle node"
    knows = "Where a task comes in, the tree, and every node's load, cores and weight."
    bound = ""
    wins = (
        "Tasks travel the fewest links, which pays where links are slow and work comes in at the leaves. "
        "New tasks of the balancer come in at the root, so the top of the tree fills first."
    )
    same = (
        "Where no node has a free core and all are as far away, it chooses as `least-loaded` does for tasks "
        "that weigh 1, except among equal ones."
    )

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        nodes = self.nodes
        self._neighbors: list[list[int]] = [[] for _ in nodes]
        for node, parent in enumerate(self.parents):
            if parent is not None:
                self._neighbors[node].append(parent)
                self._neighbors[parent].append(node)
        self._capacity = [node.cpu * node.weight for node in nodes]
        self._open = _set(node for node in range(len(nodes)) if self.is_open(node))
        self._with: dict[str | None, int] = {}
        self._of_cpu: dict[int, int] = {}
        self._free_now = [0] * len(nodes)
        self._free = [0] * (max((node.cpu for node in nodes), default=0) + 1)
        """For each number of cores: the nodes that have so many free, at the least."""
        self._share = [0.0] * len(nodes)
        self._shares: list[float] = []
        self._with_share: dict[float, int] = {}
        """For each load/capacity, which are sorted in `_shares`: the nodes that have it."""
        self._near: dict[int, list[int]] = {}
        for node in range(len(nodes)):
            self._share[node] = self._share_of(node)
            self._enter(node)
            self._count_free(node)

    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:
        fitting = self._open & self._large_enough(task.weight)
        if task.roles:
            having = 0
            for role in task.roles:
                having |= self._having(role)
            fitting &= having
        if not fitting:
            return None
        at = 0 if origin is None else origin
        free = fitting & self._free[task.weight]
        if free:
            return self._nearest(free, at)
        for share in self._shares:
            if least := self._with_share[share] & fitting:
                return self._nearest(least, at)
        return None

    def _nearest(self, among: int, origin: int) -> int:
        """Return the nearest of a set to an origin, of those as near the first."""
        if among >> origin & 1:
            return origin
        near = self._near.get(origin) or self._made_near(origin)
        low, high = 0, len(near) - 1  # none is within `low`
        while high - low > 1:
            middle = (low + high) // 2
            if near[middle] & among:
                high = middle
            else:
                low = middle
        found = near[high] & among
        return (found & -found).bit_length() - 1

    def _made_near(self, origin: int) -> list[int]:
        """Return for each distance the set of nodes at most so far away; the last one has all."""
        reached = 1 << origin
        near, edge = [reached], [origin]
        while edge := [other for node in edge for other in self._neighbors[node] if not reached >> other & 1]:
            reached |= _set(edge)
            near.append(reached)
        every = (1 << len(self.nodes)) - 1
        if near[-1] != every:
            near.append(every)
        while self._near and (len(self._near) + 1) * len(near) * len(self.nodes) > BITS_KEPT:
            del self._near[next(iter(self._near))]
        self._near[origin] = near
        return near

    def _large_enough(self, weight: int) -> int:
        found = self._of_cpu.get(weight)
        if found is None:
            if weight >= len(self._free):
                return 0
            found = self._of_cpu[weight] = _set(self.fitting((None, weight)))
        return found

    def _having(self, role: str) -> int:
        found = self._with.get(role)
        if found is None:
            found = _set(self.fitting((role, 0)))
            if found:  # roles that no node has are without number
                self._with[role] = found
        return found

    # What nodes have.

    def _share_of(self, node: int) -> float:
        return self.load[node] / self._capacity[node]

    def _enter(self, node: int) -> None:
        share = self._share[node]
        if share not in self._with_share:
            insort(self._shares, share)
        self._with_share[share] = self._with_share.get(share, 0) | 1 << node

    def _count_free(self, node: int) -> None:
        was, now = self._free_now[node], max(0, self.nodes[node].cpu - self.load[node])
        for cores in range(was + 1, now + 1):
            self._free[cores] |= 1 << node
        for cores in range(now + 1, was + 1):
            self._free[cores] &= ~(1 << node)
        self._free_now[node] = now

    def _changed(self, node: int) -> None:
        share = self._share[node]
        self._with_share[share] &= ~(1 << node)
        if not self._with_share[share]:
            del self._with_share[share]
            del self._shares[bisect_left(self._shares, share)]
        self._share[node] = self._share_of(node)
        self._enter(node)
        self._count_free(node)

    _given = _changed

    def _opened(self, node: int) -> None:
        self._open |= 1 << node

    def _closed(self, node: int) -> None:
        self._open &= ~(1 << node)


def _set(nodes: Iterable[int]) -> int:
    """Return a set of nodes as an integer."""
    bits = bytearray()
    for node in nodes:
        at, bit = divmod(node, 8)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits)))
        bits[at] |= 1 << bit
    return int.from_bytes(bits, "little")
