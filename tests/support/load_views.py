"""What a round of balancing knows, made of plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from topowave.balancer.policies.base import LoadView, Move, NodeLoad

FIRST_PORT = 8000
Link = tuple[int, int]


def view_of(
    nodes: Sequence[NodeLoad],
    links: Iterable[Link] | None = None,
    *,
    number: int = 0,
    seed: int = 1,
    forecast: Sequence[float] | None = None,
) -> LoadView:
    """Return a view of nodes, on a path unless links are given; each node's parent has a smaller index.

    The tree is what a search in breadth finds from the first node of each part of the network.
    """
    near: list[list[int]] = [[] for _ in nodes]
    for one, other in links if links is not None else zip(range(len(nodes)), range(1, len(nodes))):  # noqa: B905
        near[one].append(other)
        near[other].append(one)
    parents: list[int | None] = [None] * len(nodes)
    found: set[int] = set()
    for first in range(len(nodes)):
        waiting = [] if first in found else [first]
        found.add(first)
        for at in waiting:
            fresh = [node for node in near[at] if node not in found]
            found.update(fresh)
            waiting += fresh
            for node in fresh:
                parents[node] = at
    return LoadView(nodes, near, parents, number, 5.0 * number, Random(f"{seed} {number}"), forecast)


def node_loads(loads: Iterable[tuple[int, int]]) -> list[NodeLoad]:
    """Return nodes with these cores and loads."""
    return [NodeLoad(FIRST_PORT + at, cpu, load) for at, (cpu, load) in enumerate(loads)]


def after(nodes: Sequence[NodeLoad], plan: Iterable[Move]) -> list[NodeLoad]:
    """Return the nodes once all moves are carried out; nobody has less than no load."""
    load = {node.port: node.load for node in nodes}
    for move in plan:
        load[move.giver] -= move.count
        load[move.receiver] += move.count
    assert all(count >= 0 for count in load.values())
    return [
        NodeLoad(node.port, node.cpu, load[node.port], node.gives, node.takes, node.room) for node in nodes
    ]
