"""Weighted round robin, smooth as nginx has it: nodes take turns, each as often as its capacity says.

Each node has a credit. Before a choice every node that fits gets its weight as credit; the one with the most
gets the task, and pays the sum of all weights. So a node of weight 5 beside two of weight 1 does not get five
tasks in a row: `a a b a c a a`.

Adding to n credits for each choice would take n. What all have got is a number of steps instead, and of nodes
of equal weight, the one with the most credit stays the same: a heap for each weight, of which there are few.
Tasks that need the same take turns among themselves; whenever another node may be given tasks than before,
the heaps are made anew.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import heapify, heapreplace

from topowave.balancer.placements.base import Executors, Placement, TaskNeeds, kinds_of

RINGS = 256
"""Most different needs whose turns are kept; the oldest begins anew when there are more."""


class _Ring:
    """The turns of the tasks that need the same.

    Args:
        weights: of every node that fits.
    """

    def __init__(self, weights: dict[int, float]) -> None:
        self._weights = weights
        self._credits = dict.fromkeys(weights, 0.0)
        self._groups: dict[float, list[tuple[float, int]]] = {}
        """For each weight: the nodes that take part, each with its credit before all steps, less than 0."""
        self._steps = 0
        self._total = 0.0
        self.is_stale = True

    def refresh(self, taking_part: Collection[int]) -> None:
        """Let these nodes take part, each with the credit that it has, or had when it last did."""
        for weight, group in self._groups.items():
            for before, node in group:
                self._credits[node] = self._steps * weight - before
        self._steps, self._groups, self._total = 0, {}, 0.0
        for node in taking_part:
            weight = self._weights[node]
            self._groups.setdefault(weight, []).append((-self._credits[node], node))
            self._total += weight
        for group in self._groups.values():
            heapify(group)
        self.is_stale = False

    def choose(self) -> int | None:
        """Return whose turn it is; None where nobody takes part."""
        steps = self._steps = self._steps + 1
        best, first, chosen = 0.0, -1, None
        for weight, group in self._groups.items():
            before, node = group[0]
            credit = steps * weight - before
            if chosen is None or credit > best or (credit == best and node < first):
                best, first, chosen = credit, node, group
        if chosen is None:
            return None
        before, node = chosen[0]
        heapreplace(chosen, (before + self._total, node))
        return node


class WeightedRoundRobin(Placement):
    """The nodes take turns, each as often as its cores times its weight say."""

    name = "weighted-round-robin"
    title = "Weighted round robin"
    summary = (
        "The nodes take turns, each as often as its cores times its weight say, and spread as evenly as can "
        "be."
    )
    source = "Sysoev and Bartenev 2012 (nginx 1.3.1), after Katevenis, Sidiropoulos and Courcoubetis 1991"
    knows = "Every node's cores and weight, and whose turn it was; no loads."
    bound = "Of as many tasks as all cores times weights together, each node gets exactly its share."
    wins = (
        "It needs no news of loads and still knows that nodes differ. Where durations differ, queues grow "
        "behind long tasks."
    )
    same = "Where all nodes have equal cores and weights, it chooses as `round-robin` does."

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._rings: dict[TaskNeeds, _Ring] = {}

    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:  # noqa: ARG002 - all are as near
        ring = self._rings.get(task)
        if ring is None:
            if len(self._rings) >= RINGS:
                del self._rings[next(iter(self._rings))]
            weights = {node: self.nodes[node].cpu * self.nodes[node].weight for node in self._fitting(task)}
            ring = self._rings[task] = _Ring(weights)
        if ring.is_stale:
            ring.refresh([node for node in self._fitting(task) if self.is_open(node)])
        return ring.choose()

    def _fitting(self, task: TaskNeeds) -> list[int]:
        return sorted({node for kind in kinds_of(task) for node in self.fitting(kind)})

    def _opened(self, node: int) -> None:  # noqa: ARG002 - whichever it is
        for ring in self._rings.values():
            ring.is_stale = True

    _closed = _opened
