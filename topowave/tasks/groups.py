"""Tasks in groups: how many there are of each status, priority, category, node and roles.

A group is what tasks have in common that somebody may ask for. `GroupTotals` has the sums that are asked for
without a filter, kept as groups come and go, so that asking costs nothing however many groups there are; the
same sums of those that a filter leaves are added up from all groups.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from topowave.tasks.model import TaskCounts
from topowave.tasks.script import PRIORITIES
from topowave.tasks.states import STATES, State

_Key = TypeVar("_Key")

STATE_AT: dict[State, int] = {state: at for at, state in enumerate(STATES)}
"""The place of each state in a row of counts."""
NO_ROLE = ""
"""Stands for tasks that need no role."""

Row = list[int]
"""How many tasks are in each state, in the order of STATES."""
Cell = tuple[int, str]
"""A priority, as its place in PRIORITIES, and a category."""


class Group(NamedTuple):
    """What tasks of one group have in common.

    status: as its place in STATES. priority: as its place in PRIORITIES. node: '' where they are on none.
    roles: the JSON list of those of which their node needs one, as the journal has it; '' for none.
    late: whether they failed since their deadline had passed.
    """

    status: int
    priority: int
    category: str
    node: str
    roles: str
    late: bool


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which tasks are wanted: those that have one of each, where any is named.

    roles: they name one of these; NO_ROLE: they name none. nodes: '' for those on none.
    """

    roles: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def has(self, group: Group) -> bool:
        """Return whether the tasks of a group are wanted."""
        return (
            (not self.nodes or group.node in self.nodes)
            and (not self.categories or group.category in self.categories)
            and (not self.priorities or PRIORITIES[group.priority] in self.priorities)
            and (not self.roles or not self.roles.isdisjoint(roles_of(group.roles)))
        )


ALL = GroupFilter()


@lru_cache(maxsize=1000)
def roles_of(text: str) -> tuple[str, ...]:
    """Return the roles that a group's JSON names; NO_ROLE alone where there are none."""
    return tuple(json.loads(text)) or (NO_ROLE,) if text else (NO_ROLE,)


@dataclass(slots=True)
class GroupTotals:
    """Sums over groups: by priority and category, by node, and by role; and how many were late."""

    cells: dict[Cell, Row] = field(default_factory=dict[Cell, Row])
    nodes: dict[str, Row] = field(default_factory=dict[str, Row])
    roles: dict[str, Row] = field(default_factory=dict[str, Row])
    late: int = 0

    def add(self, group: Group, count: int) -> None:
        """Add tasks of a group; a negative count takes some away."""
        _count(self.cells, (group.priority, group.category), group.status, count)
        _count(self.nodes, group.node, group.status, count)
        for role in roles_of(group.roles):
            _count(self.roles, role, group.status, count)
        if group.late:
            self.late += count

    def copy(self) -> GroupTotals:
        """Return one of its own."""
        return GroupTotals(
            {key: row.copy() for key, row in self.cells.items()},
            {key: row.copy() for key, row in self.nodes.items()},
            {key: row.copy() for key, row in self.roles.items()},
            self.late,
        )

    def by_status(self) -> Row:
        """Return how many tasks are in each state."""
        return sum_of(self.cells.values())


def _count(rows: dict[_Key, Row], key: _Key, status: int, count: int) -> None:
    """Count tasks in a row; one that has none any more goes, for categories come and go without end."""
    row = rows.get(key)
    if row is None:
        row = rows[key] = [0] * len(STATES)
    row[status] += count
    if not any(row):
        del rows[key]


def sum_of(rows: Iterable[Row]) -> Row:
    """Return the sum of rows of counts."""
    found = [0] * len(STATES)
    for row in rows:
        for at, count in enumerate(row):
            if count:
                found[at] += count
    return found


@dataclass(frozen=True, slots=True)
class GroupedTasks:
    """The tasks that are wanted, in one state of the journal.

    Attributes:
        moment: number of that state, as `JournalReader.page` has it.
        time: when it was read (seconds since 1970); `took`: how long that took (s).
        counts: of all tasks, wanted or not.
        gone: how many finished ones have no row any more, by state; of all.
        gone_cells: the same by priority and category, as far as they went since the reader began to look;
            of GROUPS_MOST of them, and past those with the category `other`.
        totals: of those that are wanted and have a row.
        oldest_waiting: when the oldest of them was submitted that is pending or assigned (s since 1970).
        soon: how many of them are not over and have little time left.
        last_submitted: when the last task of all was submitted (s since 1970); None where there is none.
        work: core seconds of all tasks that were completed, since the reader began to look.
    """

    moment: int
    time: float
    took: float
    counts: TaskCounts
    gone: Mapping[State, int]
    gone_cells: Mapping[Cell, Row]
    totals: GroupTotals
    oldest_waiting: float | None
    soon: int
    last_submitted: float | None
    work: float
