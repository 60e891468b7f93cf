"""One event of a session, with the variables of its nodes before and after it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from topowave.algorithms import Algorithm
from topowave.runtime.value_text import value_text
from topowave.sessions.player import Player
from topowave.simulator.kernel import Kernel
from topowave.topology import Problems
from topowave.translation import text

State = dict[str, object]
"""The variables of a node, by name."""


@dataclass(frozen=True)
class Moment:
    """An event.

    Attributes:
        position: the number of the event, from 1.
        time: when it was, in units.
        rows: its lines of the trace, and those of what was done by hand behind it.
        nodes: the names of the nodes that it was at: one, except where several notice a fault at once.
        before: their variables before it, by name of the node; nothing of one that had no event yet.
        after: their variables after it.
    """

    position: int
    time: float
    rows: tuple[dict[str, Any], ...]
    nodes: tuple[str, ...]
    before: dict[str, State]
    after: dict[str, State]

    @property
    def changed(self) -> dict[str, list[str]]:
        """The variables that have another value after it than before, or none before; by name of the node."""
        return {
            node: [
                name
                for name, value in after.items()
                if name not in (before := self.before.get(node, {})) or not _same(before[name], value)
            ]
            for node, after in self.after.items()
        }


def moment_at(player: Player, branch: int, position: int) -> Moment:
    """Return the event that leads to a position of a branch. Raises Problems where nobody has been."""
    check_event(player, branch, position)
    record = player.records[branch]
    kernel = player.kernel_at(branch, position - 1)
    names = player.prepared.graph.names
    nodes = record.nodes_of(position)
    before = states_of(kernel, nodes, names)
    lines = player.rows(branch, position - 1, position)[0]
    player.go(kernel, branch, position)
    time = float(lines[0]["t"]) if lines else 0.0
    return Moment(
        position,
        time,
        tuple(lines),
        tuple(names[node] for node in nodes),
        before,
        states_of(kernel, nodes, names),
    )


def check_event(player: Player, branch: int, position: int) -> None:
    """Raise Problems where nobody has been at an event of a branch."""
    known = len(player.records[branch])
    if not 0 < position <= known:
        raise Problems(
            [
                text(
                    "event {position}; this branch has the events from 1 to {number} so far",
                    position=position,
                    number=known,
                )
            ]
        )


def states_of(kernel: Kernel, nodes: tuple[int, ...], names: Any) -> dict[str, State]:
    """Return copies of the variables of those nodes that had an event, by name."""
    instances = kernel.outcome().waves[0].instances
    return {
        names[node]: copy.deepcopy(Algorithm.state(instances[node])) for node in nodes if node in instances
    }


def _same(one: object, other: object) -> bool:
    """Whether two values are equal, as people see them where their class has no word for it."""
    try:
        return bool(one == other) or value_text(one) == value_text(other)
    except Exception:  # noqa: BLE001 - a student's own `__eq__` may raise anything
        return value_text(one) == value_text(other)
