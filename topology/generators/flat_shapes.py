"""Large networks, made flat and fast: bare numbers instead of nodes with names and ports.

Up to `topology.limits.MAX_NODES` nodes a shape is what `topology.generators.generate` makes of it; here are
the flat forms of the shapes that can be larger. `topology.generators.shapes` says which shape has which.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate

from topowave.topology.generators.shape import Rows
from topowave.topology.portable_random import PortableRandom


def rows_of_links(nodes: int, links: Callable[[], Iterable[tuple[int, int]]]) -> Rows:
    """Return the rows of a network, from a function that lists its links; it is called twice."""
    degree = array("q", bytes(8 * (nodes + 1)))
    for a, b in links():
        degree[a + 1] += 1
        degree[b + 1] += 1
    start = array("q", accumulate(degree))
    free = array("q", start)
    targets = array("i", bytes(4 * start[-1]))
    for a, b in links():
        targets[free[a]] = b
        free[a] += 1
        targets[free[b]] = a
        free[b] += 1
    return start, targets


def rows_of_lists(neighbors: Iterable[Iterable[int]]) -> Rows:
    """Return the rows of a network whose nodes have these neighbours."""
    start = array("q", [0])
    targets = array("i")
    for row in neighbors:
        targets.extend(row)
        start.append(len(targets))
    return start, targets


def sparse(nodes: int, rng: PortableRandom) -> Rows:
    """A random tree and as many random links again, and one more: average degree 4 (or a clique, if tiny).

    Node i is joined to one of the nodes before it, drawn uniformly (a random recursive tree); then pairs of
    nodes are drawn uniformly until there are 2 N different links.
    """
    neighbors: list[list[int]] = [[] for _ in range(nodes)]
    random = rng.random
    for node in range(1, nodes):
        other = int(random() * node)
        neighbors[node].append(other)
        neighbors[other].append(node)
    missing = min(2 * nodes, nodes * (nodes - 1) // 2) - (nodes - 1)
    while missing > 0:
        a = int(random() * nodes)
        b = int(random() * nodes)
        if a != b and b not in neighbors[a]:
            neighbors[a].append(b)
            neighbors[b].append(a)
            missing -= 1
    return rows_of_lists(neighbors)


def star(nodes: int, _: PortableRandom) -> Rows:
    """Node 0 in the middle."""
    return rows_of_links(nodes, lambda: ((0, leaf) for leaf in range(1, nodes)))


def path(nodes: int, _: PortableRandom) -> Rows:
    """A line from node 0 on."""
    return rows_of_links(nodes, lambda: ((node, node + 1) for node in range(nodes - 1)))


def ring(nodes: int, _: PortableRandom) -> Rows:
    """A cycle."""
    return rows_of_links(nodes, lambda: ((node, (node + 1) % nodes) for node in range(nodes)))


def binary(nodes: int, _: PortableRandom) -> Rows:
    """The complete binary tree, numbered level by level."""
    return rows_of_links(nodes, lambda: (((child - 1) // 2, child) for child in range(1, nodes)))


def grid(nodes: int, _: PortableRandom) -> Rows:
    """Rows and columns, as square as can be; the last row may be short."""
    width = math.isqrt(nodes - 1) + 1

    def links() -> Iterable[tuple[int, int]]:
        for node in range(nodes):
            if (node + 1) % width and node + 1 < nodes:
                yield node, node + 1
            if node + width < nodes:
                yield node, node + width

    return rows_of_links(nodes, links)


def hypercube(nodes: int, _: PortableRandom) -> Rows:
    """Corners of a cube; nodes is a power of two."""
    dimensions = nodes.bit_length() - 1
    return rows_of_links(
        nodes,
        lambda: (
            (node, node | 1 << bit)
            for node in range(nodes)
            for bit in range(dimensions)
            if not node >> bit & 1
        ),
    )
