"""A placement that draws nodes by chance, each that fits and is open as likely as any other.

There is a list for each kind of task that was asked for, a role and a weight, of the nodes that are open: to
draw one, to take one out and to put one in takes the same time for any number of nodes.
"""

from __future__ import annotations

from topowave.balancer.placements.base import Executors, Kind, Placement, TaskNeeds, kinds_of


class _Pool:
    """The open nodes for one kind of task, in any order."""

    def __init__(self, nodes: list[int]) -> None:
        self.nodes = nodes
        self.at = {node: at for at, node in enumerate(nodes)}

    def add(self, node: int) -> None:
        if node not in self.at:
            self.at[node] = len(self.nodes)
            self.nodes.append(node)

    def remove(self, node: int) -> None:
        at = self.at.pop(node, None)
        if at is None:
            return
        last = self.nodes.pop()
        if last != node:
            self.nodes[at] = last
            self.at[last] = at


class DrawingPlacement(Placement):
    """Can draw an open node that fits."""

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._pools: dict[Kind, _Pool] = {}
        self._pools_of: list[list[_Pool]] = [[] for _ in self.nodes]

    def draw(self, task: TaskNeeds) -> int | None:
        """Return an open node that fits, each as likely; None where there is none."""
        draw = self.random.random
        if not task.roles:
            nodes = self._pool((None, task.weight)).nodes
            return nodes[int(draw() * len(nodes))] if nodes else None
        pools = [self._pool(kind) for kind in kinds_of(task)]
        total = sum(len(pool.nodes) for pool in pools)
        while total:
            node = _one_of(pools, int(draw() * total))
            # One that has several of the roles would be drawn so many times as often.
            times = sum(node in pool.at for pool in pools)
            if times == 1 or draw() * times < 1:
                return node
        return None

    def _pool(self, kind: Kind) -> _Pool:
        pool = self._pools.get(kind)
        if pool is None:
            nodes = self.fitting(kind)
            pool = _Pool([node for node in nodes if self.is_open(node)])
            if nodes:  # roles that no node has are without number
                self._pools[kind] = pool
            for node in nodes:
                self._pools_of[node].append(pool)
        return pool

    def _opened(self, node: int) -> None:
        for pool in self._pools_of[node]:
            pool.add(node)

    def _closed(self, node: int) -> None:
        for pool in self._pools_of[node]:
            pool.remove(node)


def _one_of(pools: list[_Pool], at: int) -> int:
    """Return a node by its number in all pools, one after the other."""
    for pool in pools[:-1]:
        if at < len(pool.nodes):
            return pool.nodes[at]
        at -= len(pool.nodes)
    return pools[-1].nodes[at]
