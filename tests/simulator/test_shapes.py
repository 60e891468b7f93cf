from __future__ import annotations

import networkx as nx
import pytest

from simulator.graph import Graph
from simulator.shapes import LARGE
from simulator.weather import beginnings
from topology.dice import Dice

SIZES = {"hypercube": (1, 2, 16), "ring": (3, 4, 50)}


def as_networkx(name: str, nodes: int) -> nx.Graph[int]:
    start, targets = LARGE[name](nodes, Dice(3))
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(nodes))
    for node in range(nodes):
        row = targets[start[node] : start[node + 1]]
        assert len(set(row)) == len(row), "a link twice"
        assert node not in row
        graph.add_edges_from((node, other) for other in row)
    assert 2 * graph.number_of_edges() == len(targets)
    return graph


@pytest.mark.parametrize("name", LARGE)
def test_a_shape_is_connected_and_links_go_both_ways(name: str) -> None:
    for nodes in SIZES.get(name, (1, 2, 3, 50)):
        assert nx.is_connected(as_networkx(name, nodes))


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("star", nx.star_graph(49)),
        ("path", nx.path_graph(50)),
        ("ring", nx.cycle_graph(50)),
        ("grid", nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 10))),
    ],
)
def test_a_shape_is_the_textbooks(name: str, same: nx.Graph[int]) -> None:
    made = as_networkx(name, 50)
    degrees = sorted(dict(made.degree).values())
    if name == "grid":  # ours is 7 x 8 with a short last row
        assert max(degrees) == 4
        assert nx.is_bipartite(made)
        assert made.number_of_edges() == 2 * 50 - 8 - 8 + 1
    else:
        assert nx.is_isomorphic(made, same)


def test_a_hypercube_is_one() -> None:
    assert nx.is_isomorphic(as_networkx("hypercube", 16), nx.hypercube_graph(4))


def test_a_binary_tree_is_one() -> None:
    assert nx.is_isomorphic(as_networkx("binary", 15), nx.balanced_tree(2, 3))


@pytest.mark.parametrize("nodes", [5, 6, 100, 1000])
def test_a_sparse_network_has_average_degree_four(nodes: int) -> None:
    assert as_networkx("sparse", nodes).number_of_edges() == min(2 * nodes, nodes * (nodes - 1) // 2)


def test_a_large_network_is_the_same_every_time_and_differs_by_seed() -> None:
    one, same, other = (Graph.of(f"sparse:12000:{seed}").targets for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert len(beginnings(1, "delay", len(one))) == len(one)
