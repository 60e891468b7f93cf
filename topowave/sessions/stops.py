"""Looks after each event whether one of several breakpoints is met."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from topowave.algorithms import Algorithm
from topowave.runtime.graph import Graph
from topowave.sessions.breakpoints import Breakpoint, Condition
from topowave.simulator.kernel import Kernel


class Stops:
    """Some breakpoints on a network.

    Args:
        breakpoints: which.
        graph: the network.
        enough: asked after each event, if given: whether to stop there in any case.

    Raises:
        Problems: one names a node that is not there.
    """

    def __init__(
        self, breakpoints: Sequence[Breakpoint], graph: Graph, enough: Callable[[], bool] | None = None
    ) -> None:
        self.found: Breakpoint | None = None
        """The one that was met."""
        self._graph = graph
        self._enough = enough
        self._all = [
            (each, None if each.condition is None else Condition.parse(each.condition))
            for each in breakpoints
        ]
        for each in breakpoints:
            if each.node is not None:
                graph.number(each.node)

    def met_after(self, kernel: Kernel, lines: Sequence[str]) -> bool:
        """Whether to stop behind the event with these lines."""
        if self._enough is not None and self._enough():
            return True
        if not self._all:
            return False
        rows = [json.loads(line) for line in lines]
        for each, condition in self._all:
            nodes = dict.fromkeys(
                row.get("node")
                for row in rows
                if each.kind in (None, row["event"]) and each.node in (None, row.get("node"))
            )
            if any(condition is None or self._holds(condition, kernel, node) for node in nodes):
                self.found = each
                return True
        return False

    def _holds(self, condition: Condition, kernel: Kernel, node: str | None) -> bool:
        if node is None:
            return False
        instances = dict(kernel.outcome().waves[0].instances)
        instance = instances.get(self._graph.number(node))
        return instance is not None and condition.holds(Algorithm.state(instance))
