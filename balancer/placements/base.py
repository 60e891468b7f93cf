"""What a placement is: it says which node gets a new task, one task after the other.

It knows of each node what it is told, and counts what it places itself at once. It has no clock and no
randomness but the one that it is given, so that the same calls in the same order choose the same nodes: in a
live lab and in virtual time. A choice takes at most about log n for n nodes, since a lab places some thousand
tasks a second and virtual time a million in a few.

A task only goes where it may run: to a node that has one of its roles, cores for its weight, and room. What
the nodes are is looked up by role, not by set of roles: there are few roles, and any number of sets.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ExecutorLoad:
    """A node that may get tasks.

    Attributes:
        cpu: its cores, 1 or more.
        load: the cores that its tasks want, waiting or running.
        weight: its share, above 0.
        roles: all that it has.
        room: how many more tasks it may be given; None for any number.
        count: its tasks, waiting or running; None where each wants one core.
        takes: whether it gets any now; False for one that is down or inactive.
    """

    cpu: int
    load: int
    weight: float = 1.0
    roles: frozenset[str] = frozenset()
    room: int | None = None
    count: int | None = None
    takes: bool = True


@dataclass(frozen=True, slots=True)
class TaskNeeds:
    """What a task needs of a node: one of the `roles` (any node without), and `weight` cores."""

    roles: frozenset[str] = frozenset()
    weight: int = 1


ANYWHERE = TaskNeeds()
"""What an emulated task of the lab course needs."""


def fits(cpu: int, roles: frozenset[str], task: TaskNeeds) -> bool:
    """Return whether a task may run on a node with these cores and roles."""
    return task.weight <= cpu and (not task.roles or not task.roles.isdisjoint(roles))


Kind = tuple[str | None, int]
"""Of a task: one of its roles, None for one without, and its weight."""


@dataclass(frozen=True, slots=True)
class Executors:
    """Among what a placement chooses.

    Attributes:
        nodes: those that there are.
        random: what all chance comes from; only some placements draw from it.
        parents: the node above each in the tree, None for the root; without them no node is near another.
    """

    nodes: Sequence[ExecutorLoad]
    random: Random
    parents: Sequence[int | None] = ()


class Placement(ABC):
    """Chooses a node for each task.

    Args:
        executors: among what.

    Attributes:
        nodes, random, parents: as they were given.
        load, count, room, takes: what each of them has now, as in `ExecutorLoad`.
    """

    name: ClassVar[str]
    """In config.json."""
    title: ClassVar[str]
    """On pages."""
    summary: ClassVar[str]
    """What it does, in one sentence."""
    source: ClassVar[str]
    """Who described it: author and year."""
    knows: ClassVar[str]
    """What it reads, as a sentence."""
    bound: ClassVar[str]
    """What is proven of it, as a sentence; empty where nothing is."""
    wins: ClassVar[str]
    """When it is better than others, and when not, as sentences."""
    same: ClassVar[str]
    """When it chooses as another one does, as a sentence; empty where it never does."""

    def __init__(self, executors: Executors) -> None:
        self.nodes = nodes = tuple(executors.nodes)
        self.random = executors.random
        self.parents = tuple(executors.parents)
        self.load = [node.load for node in nodes]
        self.count = [node.load if node.count is None else node.count for node in nodes]
        self.room = [node.room for node in nodes]
        self.takes = [node.takes for node in nodes]
        self._with_role: dict[str | None, list[int]] = {None: list(range(len(nodes)))}
        for number, node in enumerate(nodes):
            for role in node.roles:
                self._with_role.setdefault(role, []).append(number)

    def choose(self, task: TaskNeeds = ANYWHERE, origin: int | None = None) -> int | None:
        """Return the number of the node that gets the task, and count it as its load; None: no node now.

        Args:
            task: what it needs.
            origin: the node at which it comes in; None for the root.
        """
        node = self._find(task, origin)
        if node is None:
            return None
        self.load[node] += task.weight
        self.count[node] += 1
        left = self.room[node]
        if left is not None:
            self.room[node] = left - 1
            if left == 1:
                self._closed(node)
        self._given(node)
        return node

    def set_load(self, node: int, load: int, count: int | None = None) -> None:
        """Take what a node has now; without a `count` each of its tasks wants one core."""
        self.load[node] = load
        self.count[node] = load if count is None else count
        self._changed(node)

    def set_room(self, node: int, room: int | None) -> None:
        """Take how many more tasks a node may be given; None for any number."""
        was = self.is_open(node)
        self.room[node] = room
        self._opened_or_closed(node, was)

    def set_takes(self, node: int, takes: bool) -> None:
        """Take whether a node gets any tasks now."""
        was = self.is_open(node)
        self.takes[node] = takes
        self._opened_or_closed(node, was)

    def is_open(self, node: int) -> bool:
        """Return whether a node may be given a task of some kind now."""
        return self.takes[node] and self.room[node] != 0

    def fitting(self, kind: Kind) -> list[int]:
        """Return the nodes that tasks of a kind may run on, open or not."""
        role, weight = kind
        return [node for node in self._with_role.get(role, ()) if weight <= self.nodes[node].cpu]

    def _opened_or_closed(self, node: int, was: bool) -> None:
        now = self.is_open(node)
        if now and not was:
            self._opened(node)
        elif was and not now:
            self._closed(node)

    @abstractmethod
    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:
        """Return the node that gets a task: an open one that fits; None where there is none."""

    def _given(self, node: int) -> None:  # noqa: B027 - some need not know
        """Note that a node was chosen; what it has now is entered."""

    def _changed(self, node: int) -> None:  # noqa: B027 - some need not know
        """Note that a node has something else now."""

    def _opened(self, node: int) -> None:  # noqa: B027 - some need not know
        """Note that a node may be given tasks, and could not before."""

    def _closed(self, node: int) -> None:  # noqa: B027 - some need not know
        """Note that a node may be given none any more."""


def kinds_of(task: TaskNeeds) -> list[Kind]:
    """Return the kinds of a task: one for each of its roles, in order, or one without."""
    if task.roles:
        return [(role, task.weight) for role in sorted(task.roles)]
    return [(None, task.weight)]
