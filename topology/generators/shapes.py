"""The shapes of generated networks: a function for each, and the table that everything else reads.

`SHAPES` is the one place that lists them. The help of the commands, the simulator, the balancer's
`GET /shapes` and, through it, the page take names, summaries and numbers from there.
"""

from __future__ import annotations

import math
from typing import Any

import networkx as nx

from topowave.topology.generators import flat_shapes
from topowave.topology.generators.shape import BareGraph, Rows, Shape, node_count
from topowave.topology.limits import MAX_DEPTH
from topowave.topology.portable_random import PortableRandom

_generators: Any = nx  # the type stubs of networkx leave its generators half untyped

COURSE_CHILDREN = 3
"""Most children of a node by the course's rules."""
COURSE_LEVELS = 3
"""Most levels below the root by the course's rules."""
COURSE_ROOT_CHILDREN = 2
COURSE_MOST = 27
"""1 + 2 + 6 + 18: the largest tree by the course's rules."""
TRIES = 1_000
"""How often a random graph is drawn again until it is connected."""


def course(rng: PortableRandom) -> BareGraph:
    """The lab course's tree: two children at the root, then 0 to 3 each, three levels below the root."""
    graph: BareGraph = nx.Graph()
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


def course_of(nodes: int, rng: PortableRandom) -> BareGraph:
    """A random tree of exactly that many nodes, by the course's rules; beyond 27 nodes it grows deeper."""
    graph: BareGraph = nx.Graph()
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


def tree(nodes: int, rng: PortableRandom) -> BareGraph:
    """A tree drawn uniformly from all labelled trees (Prüfer 1918), redrawn where too deep for a file."""
    while True:
        graph: BareGraph = _generators.random_labeled_tree(nodes, seed=rng)
        if max(nx.single_source_shortest_path_length(graph, 0).values()) <= MAX_DEPTH:
            return graph


def binary(nodes: int, _: PortableRandom) -> BareGraph:
    """The complete binary tree: every level full but the last."""
    return _tree_of([(child - 1) // 2 for child in range(1, nodes)])


def star(nodes: int, _: PortableRandom) -> BareGraph:
    """The root in the middle, everybody else its child."""
    return _tree_of([0] * (nodes - 1))


def path(nodes: int, _: PortableRandom) -> BareGraph:
    """A line with the root at one end."""
    return _tree_of(list(range(nodes - 1)))


def caterpillar(nodes: int, _: PortableRandom) -> BareGraph:
    """A path, from the root on, whose every node has up to two leaves of its own."""
    spine = (nodes + 2) // 3
    return _tree_of([*range(spine - 1), *((leaf // 2) for leaf in range(nodes - spine))])


def ring(nodes: int, _: PortableRandom) -> BareGraph:
    """A cycle."""
    graph: BareGraph = _generators.cycle_graph(nodes)
    return graph


def grid(nodes: int, _: PortableRandom) -> BareGraph:
    """Rows and columns, as square as can be, the root in a corner; the last row may be short."""
    width = math.isqrt(nodes - 1) + 1
    graph: nx.Graph[Any] = _generators.grid_2d_graph((nodes + width - 1) // width, width)
    graph.remove_nodes_from(list(graph)[nodes:])
    numbered: BareGraph = nx.convert_node_labels_to_integers(graph)
    return numbered


def hypercube(nodes: int, _: PortableRandom) -> BareGraph:
    """Corners of a cube in log2(nodes) dimensions; nodes is a power of two."""
    graph: nx.Graph[Any] = _generators.hypercube_graph(nodes.bit_length() - 1)
    numbered: BareGraph = nx.convert_node_labels_to_integers(graph)
    return numbered


def random_graph(nodes: int, rng: PortableRandom) -> BareGraph:
    """A connected graph drawn uniformly from those with so many links (Erdős and Rényi 1959).

    With 0.75 n ln n links most draws are connected; the others are drawn again.
    """
    most = nodes * (nodes - 1) // 2
    links = min(most, max(nodes - 1, round(0.75 * nodes * math.log(nodes))))
    for _ in range(TRIES):
        graph: BareGraph = _generators.gnm_random_graph(nodes, links, seed=rng)
        if nx.is_connected(graph):
            return graph
    raise RuntimeError(f"no connected graph of {nodes} nodes in {TRIES} draws")


def small_world(nodes: int, rng: PortableRandom) -> BareGraph:
    """A ring where everybody knows two on either side, one link in five rewired (Watts and Strogatz 1998)."""
    graph: BareGraph = _generators.connected_watts_strogatz_graph(nodes, 4, 0.2, tries=TRIES, seed=rng)
    return graph


def scale_free(nodes: int, rng: PortableRandom) -> BareGraph:
    """Each new node links to two that are well linked already (Barabási and Albert 1999)."""
    graph: BareGraph = _generators.barabasi_albert_graph(nodes, 2, seed=rng)
    return graph


def sparse(nodes: int, rng: PortableRandom) -> BareGraph:
    """As `flat_shapes.sparse`: a random tree and as many random links again, and one more."""
    return _graph_of(flat_shapes.sparse(nodes, rng))


def _graph_of(rows: Rows) -> BareGraph:
    start, targets = rows
    graph: BareGraph = nx.Graph()
    graph.add_nodes_from(range(len(start) - 1))
    graph.add_edges_from((node, other) for node in graph for other in targets[start[node] : start[node + 1]])
    return graph


def _tree_of(parents: list[int]) -> BareGraph:
    """The tree in which node i + 1 has the parent `parents[i]`."""
    graph: BareGraph = nx.Graph()
    graph.add_node(0)
    graph.add_edges_from((parent, child) for child, parent in enumerate(parents, start=1))
    return graph


# The flat form of `random` is `sparse`: 0.75 n ln n links of a million nodes would not fit into memory.
_TABLE = (
    Shape(
        "course",
        "the lab course's tree: two children at the root, then 0 to 3 each, up to three levels",
        course_of,
        seeded=True,
        nodes=node_count(default=None),
    ),
    Shape("tree", "a random tree, drawn uniformly from all labelled trees", tree, seeded=True),
    Shape("binary", "the complete binary tree", binary, flat=flat_shapes.binary),
    Shape("star", "the root in the middle of all others", star, flat=flat_shapes.star),
    Shape(
        "path",
        "a line with the root at one end",
        path,
        nodes=node_count(maximum=MAX_DEPTH + 1),
        flat=flat_shapes.path,
    ),
    Shape(
        "caterpillar",
        "a path with two leaves at each of its nodes",
        caterpillar,
        nodes=node_count(maximum=3 * MAX_DEPTH + 1),
    ),
    Shape("ring", "a cycle", ring, nodes=node_count(3, 2 * MAX_DEPTH + 1), flat=flat_shapes.ring),
    Shape("grid", "rows and columns, as square as can be", grid, flat=flat_shapes.grid),
    Shape(
        "hypercube",
        "a cube in several dimensions; a power of two of nodes",
        hypercube,
        nodes=node_count(2, 8192, 16, power_of_two=True),
        flat=flat_shapes.hypercube,
    ),
    Shape(
        "random",
        "a connected random graph (Erdos and Renyi), 0.75 n ln n links",
        random_graph,
        seeded=True,
        flat=flat_shapes.sparse,
    ),
    Shape(
        "small-world",
        "a ring with shortcuts (Watts and Strogatz), four links a node",
        small_world,
        seeded=True,
        nodes=node_count(5),
    ),
    Shape(
        "scale-free",
        "a few hubs, many small nodes (Barabasi and Albert), two links a new node",
        scale_free,
        seeded=True,
        nodes=node_count(3),
    ),
    Shape(
        "sparse",
        "a random tree and as many random links again, degree 4",
        sparse,
        seeded=True,
        flat=flat_shapes.sparse,
        flat_from=0,
    ),
)
SHAPES: dict[str, Shape] = {shape.name: shape for shape in _TABLE}
"""Every shape by its name, in the order in which they are shown."""
