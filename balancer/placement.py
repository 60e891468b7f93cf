"""Which nodes get new tasks that name none, by the loads that the balancer knows.

Nodes report their loads a moment later, and a thousand orders may come in that moment. So what was given to a
node counts as its load until the node has reported so many new tasks.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from topowave.balancer.limits import TAKEN_COUNTS
from topowave.balancer.placements.base import ANYWHERE, ExecutorLoad, Executors, Placement, TaskNeeds, fits
from topowave.balancer.placements.registry import find_placement
from topowave.balancer.state.lab import Lab
from topowave.tasks import LabTask
from topowave.topology import Node, Topology
from topowave.translation import Text, counted, text
from topowave.web.problem_details import Problem

SEED = 1
"""Of all chance in placements: a lab's own tasks come by chance anyway."""


def needs_of(task: LabTask) -> TaskNeeds:
    """Return what a task needs of a node."""
    return TaskNeeds(frozenset(task.roles), task.weight)


@dataclass(frozen=True)
class _Taken:
    """Pending tasks that a node took: its reports until then, how long they count, and what they are."""

    reports: int
    until: float
    weight: int
    count: int


@dataclass
class _Given:
    """What a node was given and has not reported: new tasks since it had `submitted`, and pending ones."""

    submitted: int
    weights: deque[int] = field(default_factory=deque[int])
    taken: list[_Taken] = field(default_factory=list[_Taken])

    @property
    def load(self) -> int:
        """The weight of all that it has not reported."""
        return sum(self.weights) + sum(each.weight for each in self.taken)

    @property
    def count(self) -> int:
        """How many tasks that are."""
        return len(self.weights) + sum(each.count for each in self.taken)


class LabPlacement:
    """Places tasks on the nodes of the lab that are up, active, fit, and have room.

    Which of them gets one is for `placements/` to say; what was placed last counts for the next choice.

    Args:
        lab: the nodes with their loads.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._version = lab.version
        self._given: dict[str, _Given] = {}
        self._random = Random(SEED)  # noqa: S311 - no secret
        self._topology = lab.topology
        self._chosen_by = self._made()

    @property
    def name(self) -> str:
        """Of the placement that chooses."""
        return self._up_to_date_kind().name

    def place(self, tasks: Sequence[TaskNeeds], without: Collection[str] = ()) -> list[str | None]:
        """Return for each task the node that gets it, and count it as that node's load; None: no node now.

        Args:
            tasks: what each needs.
            without: nodes that are left out.
        """
        if not tasks:
            return []
        nodes, placement = self._lab.topology.nodes, self._up_to_date(without)
        placed: list[str | None] = []
        for task in tasks:
            number = placement.choose(task)
            name = None if number is None else nodes[number].name
            placed.append(name)
            if name is not None:
                self.give(name, task.weight)
        return placed

    def check(self, name: str, task: TaskNeeds = ANYWHERE, count: int = 1, place: str = "") -> None:
        """Check that a node which was named takes tasks; of somebody else's program that is not known.

        Args:
            name: the node.
            task: what each of them needs.
            count: how many there are.
            place: where it was named, which the sentence begins with.

        Raises:
            Problem: (409) with the reason.
        """
        node = self._lab.topology.node(name)

        def refused(title: str, why: Text) -> Problem:
            said = text("{place}: {problem}", place=place.removesuffix(": "), problem=why) if place else why
            return Problem(409, title, said)

        if self._lab.status[name].silent:
            raise refused(
                text("Inactive"), text("{name} is inactive: it has not been heard for a while", name=name)
            )
        if not node.launch:
            return
        if not node.executor.active:
            raise refused(text("Inactive"), text("{name} is inactive: it gets no new tasks", name=name))
        if task.weight > node.cpu:
            why = counted(
                "{name} has {count} core, and the task wants {weight}",
                "{name} has {count} cores, and the task wants {weight}",
                node.cpu,
                name=name,
                weight=task.weight,
            )
            raise refused(text("Too heavy"), why)
        if not fits(node.cpu, node.roles, task):
            roles = ", ".join(sorted(task.roles))
            why = text(
                "{name} has none of the roles {roles}; it has {own}",
                name=name,
                roles=roles,
                own=", ".join(sorted(node.roles)),
            )
            raise refused(text("No such role there"), why)
        room = self.room(node)
        if room is not None and room < count:
            why = text(
                "{name} is given at most {limit} tasks, and has room for {room} now",
                name=name,
                limit=node.executor.limit,
                room=room,
            )
            raise refused(text("At its limit"), why)

    def give(self, name: str, weight: int = 1) -> None:
        """Count a task as the load of the node that gets it, unless that has left meanwhile."""
        if name in self._lab.status:
            self._unreported(name).weights.append(weight)

    def refused(self, name: str, count: int) -> None:
        """Note that a node did not take so many of the tasks that it was to get last."""
        if name not in self._lab.status:  # it left with its network meanwhile
            return
        weights = self._unreported(name).weights
        for _ in range(min(count, len(weights))):
            weights.pop()

    def reports(self, name: str) -> int:
        """Return how often a node has reported its tasks; 0 for none of this topology."""
        status = self._lab.status.get(name)
        return 0 if status is None else status.reports

    def taken(self, name: str, count: int, reports: int) -> None:
        """Note that a node has taken so many tasks that were pending.

        It does not report them as submitted to it. So they count until it reports again, and no longer than
        TAKEN_COUNTS: it may have done so before its answer came, and then not for long.

        Args:
            name: the node.
            count: how many tasks.
            reports: how often it had reported when it was asked.
        """
        if name not in self._lab.status:
            return
        given = self._unreported(name)
        weights = [given.weights.pop() for _ in range(min(count, len(given.weights)))]
        given.taken.append(_Taken(reports, time.monotonic() + TAKEN_COUNTS, sum(weights), len(weights)))

    @property
    def is_settled(self) -> bool:
        """Whether all nodes have reported what they took."""
        return not any(given.taken for given in self._given.values())

    def has_room(self, name: str) -> bool:
        """Return whether a node that has a limit may be given a task now."""
        node = self._lab.topology.node(name) if name in self._lab.status else None
        return node is not None and node.executor.limit is not None and bool(self.room(node))

    def fits_a_full_node(self, task: TaskNeeds) -> bool:
        """Return whether a task only waits for a node to have less than its limit."""
        return any(
            self._takes(node) and fits(node.cpu, node.roles, task) and self.room(node) == 0
            for node in self._lab.topology.nodes
        )

    def room(self, node: Node) -> int | None:
        """Return how many more tasks a node may be given; None for any number."""
        if node.executor.limit is None:
            return None
        status = self._lab.status[node.name]
        has = status.assigned + status.running + status.moving + self._unreported(node.name).count
        return max(0, node.executor.limit - has)

    def _takes(self, node: Node) -> bool:
        return node.launch and node.executor.active and self._lab.is_up(node.name)

    def _made(self) -> Placement:
        """Return the placement for the nodes that there are; `_up_to_date` tells it what they have."""
        topology = self._topology
        nodes = [
            ExecutorLoad(node.cpu, 0, node.executor.weight, node.roles, takes=False)
            for node in topology.nodes
        ]
        return find_placement(self._lab.config.placement)(
            Executors(nodes, self._random, parents_of(topology))
        )

    def _up_to_date_kind(self) -> Placement:
        """Return the placement that the settings name, for the nodes that there are."""
        is_other = self._chosen_by.name != self._lab.config.placement
        if is_other or self._topology is not self._lab.topology:
            self._topology = self._lab.topology
            self._chosen_by = self._made()
        return self._chosen_by

    def _up_to_date(self, without: Collection[str]) -> Placement:
        """Return the placement, which then knows what every node has, and which ones take tasks."""
        placement = self._up_to_date_kind()
        for number, node in enumerate(self._topology.nodes):
            takes = self._takes(node) and node.name not in without
            if takes != placement.takes[number]:
                placement.set_takes(number, takes)
            if not takes:
                continue
            status, unreported = self._lab.status[node.name], self._unreported(node.name)
            load = status.load + unreported.load
            count = status.assigned + status.running + unreported.count
            if (load, count) != (placement.load[number], placement.count[number]):
                placement.set_load(number, load, count)
            room = self.room(node)
            if room != placement.room[number]:
                placement.set_room(number, room)
        return placement

    def _unreported(self, name: str) -> _Given:
        if self._version != self._lab.version:
            self._version = self._lab.version
            self._given.clear()
        status = self._lab.status[name]
        submitted = status.submitted
        given = self._given.setdefault(name, _Given(submitted))
        while given.submitted < submitted and given.weights:
            given.weights.popleft()
            given.submitted += 1
        given.submitted = submitted
        now = time.monotonic()
        given.taken = [each for each in given.taken if each.reports == status.reports and each.until > now]
        return given


def parents_of(topology: Topology) -> list[int | None]:
    """Return for each node the number of the one above it, None for the root."""
    numbers = {node.name: number for number, node in enumerate(topology.nodes)}
    return [None if node.parent is None else numbers[node.parent] for node in topology.nodes]
