"""Which nodes get new tasks that name none, by the loads that the balancer knows.

Nodes report their loads a moment later, and a thousand orders may come in that moment. So what was given to a
node counts as its load until the node has reported so many new tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

from topowave.balancer.policies.base import NodeLoad
from topowave.balancer.policies.placement import place
from topowave.balancer.state.lab import Lab
from topowave.web.problem_details import Problem


class Placement:
    """Places tasks on the nodes of the lab that are up.

    Args:
        lab: the nodes with their loads.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._version = lab.version
        self._expected: dict[str, int] = {}

    def place(self, named: Sequence[str | None]) -> list[str]:
        """Return for each task the node that gets it, and count it as that node's load.

        Args:
            named: the node that each names; None for one that names none.

        Raises:
            Problem: (503) some name none, and no node is up.
        """
        lab = self._lab
        if self._version != lab.version:
            self._version = lab.version
            self._expected.clear()
        for name in named:
            if name is not None:
                self._given(name)
        free = sum(name is None for name in named)
        nodes = [node for node in lab.topology.nodes if node.launch and lab.is_up(node.name)] if free else []
        if free and not nodes:
            raise Problem(503, "No node is up", "no node of this lab is up, so none can take tasks")
        loads = [NodeLoad(node.port, node.cpu, self._load(node.name)) for node in nodes]
        chosen = iter([nodes[number].name for number in place(loads, free)] if free else [])
        placed: list[str] = []
        for name in named:
            if name is None:
                placed.append(next(chosen))
                self._given(placed[-1])
            else:
                placed.append(name)
        return placed

    def refused(self, name: str, count: int) -> None:
        """Note that a node did not take tasks that it was to get."""
        if name in self._expected:
            self._expected[name] -= count

    def _given(self, name: str) -> None:
        self._expected[name] = max(self._expected.get(name, 0), self._lab.status[name].submitted) + 1

    def _load(self, name: str) -> int:
        status = self._lab.status[name]
        return status.load + max(0, self._expected.get(name, 0) - status.submitted)
