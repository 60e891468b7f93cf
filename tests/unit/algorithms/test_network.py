from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.networks import (
    binary_tree,
    clique,
    connected,
    examples,
    one_way_ring,
    path,
    random_connected,
    ring,
    rings,
    star,
    strongly_connected,
)
from topowave.algorithms import Network


@examples
@given(connected() | strongly_connected())
def test_diameter_and_distances_are_those_of_networkx(network: Network) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph([(p, q) for p in range(network.nodes) for q in network.out[p]])
    graph.add_nodes_from(range(network.nodes))
    assert network.diameter == nx.diameter(graph)
    for node in range(network.nodes):
        lengths = nx.single_source_shortest_path_length(graph, node)
        assert network.distances(node) == [lengths[other] for other in range(network.nodes)]


@examples
@given(st.integers(1, 30), st.integers(0, 10**6))
def test_the_diameter_of_a_tree_is_that_of_networkx(nodes: int, seed: int) -> None:
    network = random_connected(nodes, 0, seed)
    graph: nx.Graph[int] = nx.Graph([(p, q) for p in range(nodes) for q in network.out[p]])
    graph.add_nodes_from(range(nodes))
    assert network.diameter == nx.diameter(graph)


def test_a_network_in_parts_has_no_diameter() -> None:
    assert Network.from_links(3, [(0, 1)]).diameter == -1
    assert Network.from_arcs(2, [(0, 1)]).diameter == -1


@examples
@given(rings(), st.booleans())
def test_a_ring_starts_at_node_0_and_goes_on_to_its_first_neighbour(network: Network, one_way: bool) -> None:
    order = network.ring
    if one_way:
        network = one_way_ring(list(order))
    assert network.ring == order
    assert sorted(order) == list(range(network.nodes))
    assert order[0] == 0
    assert order[1] == network.out[0][0]
    steps = [(order[i - 1], order[i]) for i in range(network.nodes)]
    assert all(after in network.out[before] for before, after in steps)
    assert [network.place[node] for node in order] == list(range(network.nodes))


@pytest.mark.parametrize(
    "network",
    [
        path(1),
        path(3),
        star(4),
        clique(4),
        binary_tree(3),
        Network.from_links(6, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]),
        Network.from_arcs(4, [(0, 1), (1, 2), (2, 1), (3, 0)]),
        Network.from_arcs(4, [(0, 1), (1, 0), (2, 3), (3, 2)]),
        Network([]),
    ],
)
def test_what_is_no_single_cycle_is_no_ring(network: Network) -> None:
    assert network.ring == ()


def test_neighbours_in_either_direction_come_once() -> None:
    network = Network.from_arcs(3, [(0, 1), (1, 0), (2, 0)])
    assert network.neighbors(0) == (1, 2)
    assert network.out[0] == [1]
    assert network.into[0] == [1, 2]
    assert not network.undirected


def test_arcs_count_both_directions_of_a_link() -> None:
    network = path(4)
    assert (network.nodes, network.links, network.arcs) == (4, 3, 6)


def test_a_node_is_called_by_its_name_or_else_by_its_number() -> None:
    assert Network.from_links(2, [(0, 1)], names=["amber", "birch"]).name(1) == "birch"
    assert path(2).name(1) == "node 1"


def test_links_keep_no_order_unless_the_runtime_says_so() -> None:
    assert not path(2).fifo
    assert path(2, fifo=True).fifo


def test_the_networks_of_these_tests_are_what_they_are_called() -> None:
    for seed in range(20):
        nodes = Random(seed).randint(1, 12)
        tree = random_connected(nodes, 0, seed)
        assert tree.links == nodes - 1
        assert tree.strongly_connected
    assert ring(5).diameter == 2
    assert star(5).diameter == 2
