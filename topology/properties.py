"""What can be said about a network in figures: its size, its depth and how far apart its nodes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topowave.topology.model import Topology
from topowave.translation import counted, text

MOST_FOR_EXACT = 1_000
"""Largest network with extra links whose diameter is computed exactly: that takes a search from each node."""


@dataclass(frozen=True)
class NetworkProperties:
    """Figures of a network.

    Attributes:
        nodes: how many nodes.
        links: how many undirected links.
        depth: links from the root to the deepest leaf of its tree.
        diameter: links between the two nodes that are farthest apart.
        diameter_kind: "at least" if the network is too large for the exact figure.
        is_tree: whether there are no links beside the tree's.
        ports: the lowest and the highest port.
    """

    nodes: int
    links: int
    depth: int
    diameter: int
    diameter_kind: Literal["exactly", "at least"]
    is_tree: bool
    ports: tuple[int, int]

    def sentence(self) -> str:
        """The figures in words: "9 nodes, 8 links, depth 3, diameter 5, a tree"."""
        about = (
            text("at least {number}", number=self.diameter)
            if self.diameter_kind == "at least"
            else str(self.diameter)
        )
        return text(
            "{nodes}, {links}, depth {depth}, diameter {diameter}, {kind}",
            nodes=counted("{count} node", "{count} nodes", self.nodes),
            links=counted("{count} link", "{count} links", self.links),
            depth=self.depth,
            diameter=about,
            kind=text("a tree") if self.is_tree else text("no tree"),
        )


def measure(topology: Topology) -> NetworkProperties:
    """Work out the figures of a network."""
    near = [[topology.index(name) for name in topology.neighbors(node.name)] for node in topology.nodes]
    size = len(near)
    depths = [0] * size
    for index, node in enumerate(topology.nodes):
        if node.parent is not None:
            depths[index] = depths[topology.index(node.parent)] + 1
    exact = topology.is_tree or size <= MOST_FOR_EXACT
    if topology.is_tree or not exact:
        # in a tree the farthest from the farthest of any node are the ends of a longest path;
        # elsewhere that is a lower bound
        start, _ = _farthest(near, 0)
        diameter = _farthest(near, start)[1]
    else:
        diameter = max(_farthest(near, start)[1] for start in range(size))
    ports = [node.port for node in topology.nodes]
    return NetworkProperties(
        nodes=size,
        links=len(topology.links),
        depth=max(depths),
        diameter=diameter,
        diameter_kind="exactly" if exact else "at least",
        is_tree=topology.is_tree,
        ports=(min(ports), max(ports)),
    )


def _farthest(near: list[list[int]], start: int) -> tuple[int, int]:
    """A node that is farthest from `start`, and its distance in links."""
    seen = bytearray(len(near))
    seen[start] = 1
    level, distance = [start], 0
    while True:
        following: list[int] = []
        for node in level:
            for other in near[node]:
                if not seen[other]:
                    seen[other] = 1
                    following.append(other)
        if not following:
            return level[0], distance
        level, distance = following, distance + 1
