"""The shapes of generated networks, each a bare graph on the nodes 0, 1, 2, ..., whose root is node 0.

`SHAPE_TABLE` is the one place that lists them. Shapes with chance in them take it from `PortableRandom`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import networkx as nx

from topowave.topology.limits import MAX_DEPTH
from topowave.topology.portable_random import PortableRandom

Graph: TypeAlias = "nx.Graph[int]"
_generators: Any = nx  # the type stubs of networkx leave its generators half untyped

DEFAULT_NODES = 15
COURSE_CHILDREN = 3
"""Most children of a node by the course's rules."""
COURSE_LEVELS = 3
"""Most levels below the root by the course's rules."""
COURSE_ROOT_CHILDREN = 2
COURSE_MOST = 27
"""1 + 2 + 6 + 18: the largest tree by the course's rules."""
TRIES = 1_000
"""How often a random graph is drawn again until it is connected."""


@dataclass(frozen=True)
class Shape:
    """A kind of network.

    Attributes:
        description: one line for people.
        build: makes the graph from a number of nodes and a source of chance.
        smallest: the fewest nodes that it can have.
        default_nodes: how many it has unless asked for; None if chance decides (`course`).
    """

    description: str
    build: Callable[[int, PortableRandom], Graph]
    smallest: int = 1
    default_nodes: int | None = DEFAULT_NODES


def course(rng: PortableRandom) -> Graph:
    """The lab course's tree: two children at the root, then 0 to 3 each, three levels below the root."""
    graph: Graph = nx.Graph()
    graph.add_node(0)
    level: list[int] = [0]
    for depth in range(COURSE_LEVELS):
        above: list[int] = level
        level = []
        for parent in above:
            for _ in range(rng.randbelow(COURSE_CHILDREN + 1) if depth else COURSE_ROOT_CHILDREN):
                level.append(len(graph))
                graph.add_edge(parent, level[-1])
    return graph


def course_of(nodes: int, rng: PortableRandom) -> Graph:
    """A random tree of exactly that many nodes, by the course's rules; beyond 27 nodes it grows deeper."""
    graph: Graph = nx.Graph()
    graph.add_node(0)
    free: list[int] = []  # one entry for each child that a node may still get
    level = {0: 0}
    for child in range(1, nodes):
        parent = 0
        if child > COURSE_ROOT_CHILDREN:
            drawn = rng.randbelow(len(free))
            free[drawn], free[-1] = free[-1], free[drawn]
            parent = free.pop()
        graph.add_edge(parent, child)
        level[child] = level[parent] + 1
        if level[child] < COURSE_LEVELS or nodes > COURSE_MOST:
            free.extend([child] * COURSE_CHILDREN)
    return graph


def tree(nodes: int, rng: PortableRandom) -> Graph:
    """A tree drawn uniformly from all labelled trees (Prüfer 1918), redrawn where too deep for a file."""
    while True:
        graph: Graph = _generators.random_labeled_tree(nodes, seed=rng)
        if max(nx.single_source_shortest_path_length(graph, 0).values()) <= MAX_DEPTH:
            return graph


def binary(nodes: int, _: PortableRandom) -> Graph:
    """The complete binary tree: every level full but the last."""
    return _tree_of([(child - 1) // 2 for child in range(1, nodes)])


def star(nodes: int, _: PortableRandom) -> Graph:
    """The root in the middle, everybody else its child."""
    return _tree_of([0] * (nodes - 1))


def path(nodes: int, _: PortableRandom) -> Graph:
    """A line with the root at one end."""
    return _tree_of(list(range(nodes - 1)))


def caterpillar(nodes: int, _: PortableRandom) -> Graph:
    """A path, from the root on, whose every node has up to two leaves of its own."""
    spine = (nodes + 2) // 3
    return _tree_of([*range(spine - 1), *((leaf // 2) for leaf in range(nodes - spine))])


def ring(nodes: int, _: PortableRandom) -> Graph:
    """A cycle."""
    graph: Graph = _generators.cycle_graph(nodes)
    return graph


def grid(nodes: int, _: PortableRandom) -> Graph:
    """Rows and columns, as square as can be, the root in a corner; the last row may be short."""
    width = math.isqrt(nodes - 1) + 1
    graph: nx.Graph[Any] = _generators.grid_2d_graph((nodes + width - 1) // width, width)
    graph.remove_nodes_from(list(graph)[nodes:])
    numbered: Graph = nx.convert_node_labels_to_integers(graph)
    return numbered


def hypercube(nodes: int, _: PortableRandom) -> Graph:
    """Corners of a cube in log2(nodes) dimensions; nodes is a power of two."""
    graph: nx.Graph[Any] = _generators.hypercube_graph(nodes.bit_length() - 1)
    numbered: Graph = nx.convert_node_labels_to_integers(graph)
    return numbered


def random_graph(nodes: int, rng: PortableRandom) -> Graph:
    """A connected graph drawn uniformly from those with so many links (Erdős and Rényi 1959).

    With 0.75 n ln n links most draws are connected; the others are drawn again.
    """
    most = nodes * (nodes - 1) // 2
    links = min(most, max(nodes - 1, round(0.75 * nodes * math.log(nodes))))
    for _ in range(TRIES):
        graph: Graph = _generators.gnm_random_graph(nodes, links, seed=rng)
        if nx.is_connected(graph):
            return graph
    raise RuntimeError(f"no connected graph of {nodes} nodes in {TRIES} draws")


def small_world(nodes: int, rng: PortableRandom) -> Graph:
    """A ring where everybody knows two on either side, one link in five rewired (Watts and Strogatz 1998)."""
    graph: Graph = _generators.connected_watts_strogatz_graph(nodes, 4, 0.2, tries=TRIES, seed=rng)
    return graph


def scale_free(nodes: int, rng: PortableRandom) -> Graph:
    """Each new node links to two that are well linked already (Barabási and Albert 1999)."""
    graph: Graph = _generators.barabasi_albert_graph(nodes, 2, seed=rng)
    return graph


def _tree_of(parents: list[int]) -> Graph:
    """The tree in which node i + 1 has the parent `parents[i]`."""
    graph: Graph = nx.Graph()
    graph.add_node(0)
    graph.add_edges_from((parent, child) for child, parent in enumerate(parents, start=1))
    return graph


SHAPE_TABLE: dict[str, Shape] = {
    "course": Shape(
        "the lab course's tree: two children at the root, then 0 to 3 each, up to three levels",
        course_of,
        default_nodes=None,
    ),
    "tree": Shape("a random tree, drawn uniformly from all labelled trees", tree),
    "binary": Shape("the complete binary tree", binary),
    "star": Shape("the root in the middle of all others", star),
    "path": Shape("a line with the root at one end", path),
    "caterpillar": Shape("a path with two leaves at each of its nodes", caterpillar),
    "ring": Shape("a cycle", ring, 3),
    "grid": Shape("rows and columns, as square as can be", grid),
    "hypercube": Shape("a cube in several dimensions; a power of two of nodes", hypercube, 2, 16),
    "random": Shape("a connected random graph (Erdos and Renyi), 0.75 n ln n links", random_graph),
    "small-world": Shape(
        "a ring with shortcuts (Watts and Strogatz), four links a node", small_world, smallest=5
    ),
    "scale-free": Shape(
        "a few hubs, many small nodes (Barabasi and Albert), two links a new node", scale_free, 3
    ),
}
