from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from topowave.runtime.graph import Graph
from topowave.simulator.random_streams import first_draws
from topowave.topology.generators.shapes import SHAPES
from topowave.topology.portable_random import PortableRandom

FLAT = {name: shape.flat for name, shape in SHAPES.items() if shape.flat is not None}
SIZES = {"hypercube": (1, 2, 16), "ring": (3, 4, 50)}


def as_networkx(name: str, nodes: int) -> nx.Graph[int]:
    start, targets = FLAT[name](nodes, PortableRandom(3))
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(nodes))
    for node in range(nodes):
        row = targets[start[node] : start[node + 1]]
        assert len(set(row)) == len(row), "a link twice"
        assert node not in row
        graph.add_edges_from((node, other) for other in row)
    assert 2 * graph.number_of_edges() == len(targets)
    return graph


@pytest.mark.parametrize("name", FLAT)
def test_a_shape_is_connected_and_links_go_both_ways(name: str) -> None:
    for nodes in SIZES.get(name, (1, 2, 3, 50)):
        assert nx.is_connected(as_networkx(name, nodes))


@pytest.mark.parametrize(
    ("name", "nodes", "generator", "arguments"),
    [
        ("star", 50, "star_graph", (49,)),
        ("path", 50, "path_graph", (50,)),
        ("ring", 50, "cycle_graph", (50,)),
        ("grid", 49, "grid_2d_graph", (7, 7)),
        ("hypercube", 16, "hypercube_graph", (4,)),
        ("binary", 15, "balanced_tree", (2, 3)),
    ],
)
def test_a_shape_is_the_textbooks(name: str, nodes: int, generator: str, arguments: tuple[int, ...]) -> None:
    same: Any = getattr(nx, generator)(*arguments)
    assert nx.is_isomorphic(as_networkx(name, nodes), same)


def test_the_last_row_of_a_grid_may_be_short() -> None:
    assert as_networkx("grid", 50).number_of_edges() == 2 * 50 - 8 - 7


@pytest.mark.parametrize("nodes", [5, 6, 100, 1000])
def test_a_sparse_network_has_average_degree_four(nodes: int) -> None:
    assert as_networkx("sparse", nodes).number_of_edges() == min(2 * nodes, nodes * (nodes - 1) // 2)


def test_a_large_network_is_the_same_every_time_and_differs_by_seed() -> None:
    one, same, other = (Graph.of(f"sparse:12000:{seed}").targets for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert len(first_draws(1, "delay", len(one))) == len(one)
