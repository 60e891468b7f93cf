"""The nodes in figures: how many there are, how many take tasks, by role and by state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from topowave.balancer.figures.forms import ExecutorFigures, RoleFigures
from topowave.balancer.state.lab import Lab
from topowave.tasks.groups import GroupFilter
from topowave.topology import Node


def roles_of(node: Node) -> tuple[str, ...]:
    """Return the roles that a node has, each once."""
    return tuple(dict.fromkeys((node.role, *node.executor.roles)))


def is_active(lab: Lab, node: Node) -> bool:
    """Return whether a node is up and takes new tasks."""
    return node.launch and node.executor.active and lab.is_up(node.name)


def wanted_nodes(lab: Lab, wanted: GroupFilter) -> list[Node]:
    """Return this lab's own nodes that have one of the roles and one of the names, where any is named."""
    return [
        node
        for node in lab.topology.nodes
        if node.launch
        and (not wanted.nodes or node.name in wanted.nodes)
        and (not wanted.roles or not wanted.roles.isdisjoint(roles_of(node)))
    ]


def executor_figures(lab: Lab, nodes: Iterable[Node]) -> ExecutorFigures:
    """Return the figures of some nodes."""
    count = active = 0
    roles: dict[str, list[int]] = {}
    states = Counter[str]()
    for node in nodes:
        takes = is_active(lab, node)
        count += 1
        active += takes
        states[lab.status[node.name].state] += 1
        for role in roles_of(node):
            found = roles.setdefault(role, [0, 0])
            found[0] += 1
            found[1] += takes
    return ExecutorFigures(
        all=count,
        active=active,
        inactive=count - active,
        by_role={role: RoleFigures(all=found[0], active=found[1]) for role, found in sorted(roles.items())},
        by_state=dict(sorted(states.items())),
    )
