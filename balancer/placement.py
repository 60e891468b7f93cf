"""Which nodes get new tasks that name none, by the loads that the balancer knows.

Nodes report their loads a moment later, and a thousand orders may come in that moment. So what was given to a
node counts as its load until the node has reported so many new tasks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from topowave.balancer.policies.placement import ExecutorLoad, TaskNeeds, fits, place
from topowave.balancer.state.lab import Lab
from topowave.topology import Node
from topowave.web.problem_details import Problem

ANYWHERE = TaskNeeds()
"""What an emulated task of the lab course needs."""


@dataclass
class _Given:
    """The weights of the tasks that a node was given and has not reported, and how many it had by then."""

    submitted: int
    weights: deque[int] = field(default_factory=deque[int])


class Placement:
    """Places tasks on the nodes of the lab that are up, active, fit, and have room.

    Args:
        lab: the nodes with their loads.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._version = lab.version
        self._given: dict[str, _Given] = {}

    def place(self, tasks: Sequence[TaskNeeds]) -> list[str | None]:
        """Return for each task the node that gets it, and count it as that node's load; None: no node now."""
        if not tasks:
            return []
        nodes = [node for node in self._lab.topology.nodes if self._takes(node)]
        chosen = place([self._load(node) for node in nodes], tasks)
        placed = [None if number is None else nodes[number].name for number in chosen]
        for name, task in zip(placed, tasks, strict=True):
            if name is not None:
                self.give(name, task.weight)
        return placed

    def check(self, name: str, task: TaskNeeds = ANYWHERE) -> None:
        """Check that a node which was named takes a task. Raises Problem (409) with the reason if not."""
        node = self._lab.topology.node(name)
        if not node.launch:
            return
        if not node.executor.active:
            raise Problem(409, "Inactive", f"{name} is inactive: it gets no new tasks")
        if task.weight > node.cpu:
            text = f"{name} has {node.cpu} core{'s' * (node.cpu > 1)}, and the task wants {task.weight}"
            raise Problem(409, "Too heavy", text)
        if not fits(node.cpu, node.roles, task):
            roles = ", ".join(sorted(task.roles))
            text = f"{name} has none of the roles {roles}; it has {', '.join(sorted(node.roles))}"
            raise Problem(409, "No such role there", text)

    def give(self, name: str, weight: int = 1) -> None:
        """Count a task as the load of the node that gets it."""
        self._unreported(name).weights.append(weight)

    def refused(self, name: str, count: int) -> None:
        """Note that a node did not take so many of the tasks that it was to get last."""
        weights = self._unreported(name).weights
        for _ in range(min(count, len(weights))):
            weights.pop()

    def room(self, node: Node) -> int | None:
        """Return how many more tasks a node may be given; None for any number."""
        if node.executor.limit is None:
            return None
        status = self._lab.status[node.name]
        has = status.assigned + status.running + status.moving + len(self._unreported(node.name).weights)
        return max(0, node.executor.limit - has)

    def _takes(self, node: Node) -> bool:
        return node.launch and node.executor.active and self._lab.is_up(node.name)

    def _load(self, node: Node) -> ExecutorLoad:
        load = self._lab.status[node.name].load + sum(self._unreported(node.name).weights)
        return ExecutorLoad(node.cpu, load, node.executor.weight, node.roles, self.room(node))

    def _unreported(self, name: str) -> _Given:
        if self._version != self._lab.version:
            self._version = self._lab.version
            self._given.clear()
        submitted = self._lab.status[name].submitted
        given = self._given.setdefault(name, _Given(submitted))
        while given.submitted < submitted and given.weights:
            given.weights.popleft()
            given.submitted += 1
        given.submitted = submitted
        return given
