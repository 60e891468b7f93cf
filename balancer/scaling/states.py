"""What a lab is wanted to be, what it needs next to become so, and the phases on the way. Pure.

    settled -> growing | shrinking | repairing -> settled        one need at a time, until there is none
    any of these -> waiting -> ...                                what was done failed; again after a pause

The first line of `need_of` that applies is what is done next. So whatever happens in between (a node dies,
another goal comes), the next look at the lab leads from there to the goal; no plan is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from topowave.balancer.scaling.hosts import Hosts
from topowave.balancer.scaling.places import held_by_others, leaving, ready_to_leave
from topowave.topology import Topology
from topowave.topology.growth import Leaf
from topowave.translation import Several, Text, text

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class NewNodes:
    """What is said of the nodes that are to join; None for the usual of each.

    Attributes:
        parent: what they hang from; usually where the tree is shallowest and least loaded.
        cpu: their cores; usually as many as most leaves have.
        role: free text; usually that of a leaf.
    """

    parent: str | None = None
    cpu: int | None = None
    role: str | None = None

    @property
    def in_words(self) -> Text | None:
        """What is said of them, as a part of a sentence; None where that is nothing."""
        said: list[str] = []
        if self.parent is not None:
            said.append(text("below {parent}", parent=self.parent))
        if self.cpu is not None:
            said.append(text("with cpu {cpu}", cpu=self.cpu))
        if self.role is not None:
            said.append(text("as {role}", role=self.role))
        return text("those that join do so {how}", how=Several(said)) if said else None

    def on(self, leaf: Leaf) -> Leaf:
        """Return a leaf with what is said of them."""
        return replace(
            leaf, parent=self.parent or leaf.parent, cpu=self.cpu or leaf.cpu, role=self.role or leaf.role
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted.

    Attributes:
        replicas: how many nodes of ours there are to be; None as long as nobody has said so.
        leaving: those that were chosen to leave, so that there are so many.
        deleted: those of which somebody has said that they are to leave.
        joined: other people's programs that have joined, and are to send heartbeats.
        new: what is said of the nodes that join, so that there are so many.
    """

    replicas: int | None = None
    leaving: Names = frozenset()
    deleted: Names = frozenset()
    joined: Names = frozenset()
    new: NewNodes = NewNodes()

    @property
    def all_leaving(self) -> Names:
        """Those that leave, for whatever reason."""
        return self.leaving | self.deleted

    def without(self, name: str) -> Goal:
        """Return a goal in which a node is to leave, and so one fewer is wanted."""
        replicas = self.replicas
        if replicas is not None and name not in self.all_leaving:
            replicas -= 1
        return replace(self, replicas=replicas, leaving=self.leaving - {name}, deleted=self.deleted | {name})

    def with_one_more(self) -> Goal:
        """Return a goal in which one node more is wanted, where so many are."""
        return replace(self, replicas=None if self.replicas is None else self.replicas + 1)


class Need(StrEnum):
    """What is to be done next."""

    MOVE = "move"
    REMOVE = "remove"
    GIVE_UP = "give up"
    RESTART = "restart"
    KEEP = "keep"
    ADD = "add"
    CHOOSE = "choose"
    DRAIN = "drain"
    WAIT = "wait"
    STAY = "stay"
    NOTHING = "nothing"


class Phase(StrEnum):
    """How far it is, for people."""

    SETTLED = "settled"
    GROWING = "growing"
    SHRINKING = "shrinking"
    REPAIRING = "repairing"
    WAITING = "waiting"


PHASES: dict[Need, Phase] = {
    Need.MOVE: Phase.REPAIRING,  # nodes whose agent is gone, or that have none yet, run on another one
    Need.REMOVE: Phase.SHRINKING,  # leaves that have no tasks left leave the network
    Need.GIVE_UP: Phase.REPAIRING,  # a leaf that keeps dying is to leave, and another one comes for it
    Need.RESTART: Phase.REPAIRING,  # an inner node that keeps dying holds a part of the tree: once more
    Need.KEEP: Phase.GROWING,  # fewer are to leave than were chosen: they stay after all
    Need.ADD: Phase.GROWING,  # leaves join
    Need.CHOOSE: Phase.SHRINKING,  # leaves are chosen that take nothing new from now on
    Need.DRAIN: Phase.SHRINKING,  # they hand over what they have
    Need.WAIT: Phase.WAITING,  # nodes need an agent, and none is there that takes them
    Need.STAY: Phase.SETTLED,  # there are too many, and all that are left hold programs of others
    Need.NOTHING: Phase.SETTLED,
}


@dataclass(frozen=True, slots=True)
class View:
    """The lab as it is.

    Attributes:
        topology: the network that runs.
        failed: nodes that died too often and were given up.
        empty: nodes that are to leave and have no tasks left.
        loads: load/cpu of each node.
        hosts: where nodes may run.
    """

    topology: Topology
    failed: Names = frozenset()
    empty: Names = frozenset()
    loads: Mapping[str, float] = field(default_factory=dict[str, float])
    hosts: Hosts = field(default_factory=Hosts)

    def replicas(self, goal: Goal) -> int:
        """Return how many nodes of ours stay."""
        return sum(node.managed and node.name not in goal.all_leaving for node in self.topology.nodes)


def need_of(view: View, goal: Goal) -> tuple[Need, list[str], int]:
    """Return what is to be done next, for which nodes, or for how many."""
    topology, there = view.topology, {node.name for node in view.topology.nodes}
    going = goal.all_leaving & there
    astray = view.hosts.astray(topology)
    moving = [node.name for node in astray if view.hosts.takes(node)]
    if moving:
        return Need.MOVE, moving, len(moving)
    ready = ready_to_leave(topology, going & (view.empty | view.failed))
    if ready:
        return Need.REMOVE, ready, len(ready)
    missing = 0
    if goal.replicas is not None:
        missing = goal.replicas - view.replicas(goal)
        need, names, count = _need_of_number(view, goal, going, missing)
        if need is not Need.NOTHING:
            return need, names, count
    if going:
        names = [node.name for node in topology.nodes if node.name in going]
        return Need.DRAIN, names, len(names)
    if astray:
        return Need.WAIT, [node.name for node in astray], len(astray)
    return (Need.STAY, held_by_others(topology), -missing) if missing < 0 else (Need.NOTHING, [], 0)


def _need_of_number(view: View, goal: Goal, going: Names, missing: int) -> tuple[Need, list[str], int]:
    """Return what is to be done for the lab to have as many nodes as are wanted; `missing` are not there."""
    topology = view.topology
    broken = [node for node in topology.nodes if node.name in view.failed and node.name not in going]
    leaves = [node.name for node in broken if not node.children and node.parent is not None]
    if leaves:
        return Need.GIVE_UP, leaves, len(leaves)
    if broken:
        names = [node.name for node in broken]
        return Need.RESTART, names, len(names)
    chosen = [node.name for node in topology.nodes if node.name in goal.leaving & going]
    if missing > 0 and chosen:
        return Need.KEEP, chosen[:missing], min(missing, len(chosen))
    if missing > 0:
        return Need.ADD, [], missing
    if missing < 0:
        count = len(going) - missing
        more = [name for name in leaving(topology, count, view.loads, going) if name not in going]
        if more:
            return Need.CHOOSE, more, len(more)
    return Need.NOTHING, [], 0
