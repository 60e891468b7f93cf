"""Where a tree gets leaves, which of them leave, and who gets their tasks. Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from topowave.balancer.policies.base import Move, NodeLoad
from topowave.topology import Topology
from topowave.topology.generators.word_list import listed_words, unused_names
from topowave.topology.portable_random import PortableRandom

LEAST_FAN_OUT = 2
"""Children that a node may get, also in a network where none has so many."""


def depths(topology: Topology) -> dict[str, int]:
    """Return how many links lie between the root and each node."""
    found: dict[str, int] = {}
    for node in topology.nodes:  # a parent comes before its children
        found[node.name] = 0 if node.parent is None else found[node.parent] + 1
    return found


def parents_for(
    topology: Topology,
    count: int,
    loads: Mapping[str, float],
    without: Collection[str] = (),
    *,
    below_new: bool = True,
) -> list[str | int]:
    """Return what each of `count` new leaves hangs from: where the tree is shallowest, then least loaded.

    Hanging all from the root would make a star of any tree. So a node gets no more children than the node
    with the most of them has, LEAST_FAN_OUT at least.

    Args:
        topology: the network that runs.
        count: how many leaves are to come.
        loads: load/cpu of each node.
        without: nodes that get no children, since they are to leave.
        below_new: whether leaves may hang from others that come before them.

    Returns:
        Names of nodes; a number stands for the new leaf of that number, from 0, which comes before.
    """
    depth = depths(topology)
    children = {node.name: len(node.children) for node in topology.nodes}
    most = max(LEAST_FAN_OUT, *children.values())
    free: list[tuple[int, float, int, str | int, int]] = []
    for order, node in enumerate(topology.nodes):
        if node.launch and node.name not in without and children[node.name] < most:
            free.append(
                (depth[node.name], loads.get(node.name, 0.0), order, node.name, most - children[node.name])
            )
    heapq.heapify(free)
    found: list[str | int] = []
    for number in range(count):
        if not free:  # all that is left belongs to others, or is full: the root takes it
            free.append((0, 0.0, 0, topology.root.name, count))
        at, load, order, name, room = heapq.heappop(free)
        found.append(name)
        if room > 1:  # behind the others of this depth and load, so that they take turns
            heapq.heappush(free, (at, load, order + len(topology.nodes) + count, name, room - 1))
        if below_new:
            heapq.heappush(free, (at + 1, 0.0, len(topology.nodes) + number, number, most))
    return found


def leaving(
    topology: Topology, count: int, loads: Mapping[str, float], first: Collection[str] = ()
) -> list[str]:
    """Return `count` nodes that leave, each a leaf once those before it have left.

    The deepest leave first, of these the least loaded, of these the last one; those in `first` (that are gone
    already, or on their way) before all others. The root never leaves, nor does what somebody else runs.
    """
    depth = depths(topology)
    waiting = {node.name: len(node.children) for node in topology.nodes}
    order = {node.name: number for number, node in enumerate(topology.nodes)}

    def key(name: str) -> tuple[bool, int, float, int, str]:
        return name not in first, -depth[name], loads.get(name, 0.0), -order[name], name

    root = topology.root.name
    leaves = [
        key(node.name) for node in topology.nodes if not node.children and node.managed and node.name != root
    ]
    heapq.heapify(leaves)
    found: list[str] = []
    while leaves and len(found) < count:
        name = heapq.heappop(leaves)[-1]
        found.append(name)
        parent = topology.node(name).parent
        if parent is not None and parent != root:
            waiting[parent] -= 1
            if not waiting[parent] and topology.node(parent).managed:
                heapq.heappush(leaves, key(parent))
    return found


def held_by_others(topology: Topology) -> list[str]:
    """Return the nodes that cannot leave, since programs of others hang from them, however far below."""
    holding: set[str] = set()
    for node in reversed(topology.nodes):  # children come before their parents
        if (not node.managed or node.name in holding) and node.parent is not None:
            holding.add(node.parent)
    root = topology.root.name
    return [node.name for node in topology.nodes if node.managed and node.name in holding - {root}]


def ready_to_leave(topology: Topology, empty: Collection[str]) -> list[str]:
    """Return those of the nodes that may leave together now: all that hangs from them leaves, too."""
    gone: set[str] = set()
    for node in reversed(topology.nodes):  # children come before their parents
        if node.name in empty and gone.issuperset(node.children):
            gone.add(node.name)
    return [node.name for node in topology.nodes if node.name in gone]


def usual_cpu(topology: Topology) -> int:
    """Return how many cores a new leaf has, where nobody says: as many as most of the leaves."""
    leaves = [node.cpu for node in topology.nodes if not node.children and node.launch]
    return Counter(leaves or [topology.root.cpu]).most_common(1)[0][0]


def shares(giver: int, cores: int, receivers: Sequence[NodeLoad]) -> list[Move]:
    """Return who gets so many cores of tasks from a node that is to have none: always the least loaded next.

    Args:
        giver: its port.
        cores: how many its tasks hold or wait for.
        receivers: those that take tasks, as they are now; `room` None for any number.
    """
    heap = [
        ((node.load + 1) / node.cpu, number)
        for number, node in enumerate(receivers)
        if node.room is None or node.room
    ]
    heapq.heapify(heap)
    given: Counter[int] = Counter()
    for _ in range(cores):
        if not heap:
            break
        _, number = heapq.heappop(heap)
        node = receivers[number]
        given[number] += 1
        if node.room is None or given[number] < node.room:
            heapq.heappush(heap, ((node.load + given[number] + 1) / node.cpu, number))
    return [Move(giver, receivers[number].port, count) for number, count in sorted(given.items())]


def new_names(topology: Topology, count: int) -> list[str]:
    """Return names that nobody has, from a list of words.

    To ask random-word for them would hold up the waves that run: it takes 0.3 s.
    """
    known = {node.name for node in topology.nodes}
    found: list[str] = []
    for name in unused_names(PortableRandom(len(known)), listed_words()):
        if len(found) == count:
            break
        if name not in known:
            found.append(name)
    return found
