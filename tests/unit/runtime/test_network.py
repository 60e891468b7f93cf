"""The one conversion from a topology to what an algorithm sees."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.unit.topology.strategies import topologies
from topowave.runtime.graph import Graph
from topowave.runtime.network import DIAMETER_NODES, TooLargeError, network_of
from topowave.topology import Topology, generate


@given(topologies())
def test_a_nodes_number_is_its_place_in_the_numbering_and_its_neighbours_keep_their_order(
    topology: Topology,
) -> None:
    links, tree = network_of(topology, "links"), network_of(topology, "tree")
    for number, name in enumerate(topology.numbering):
        assert links.name(number) == tree.name(number) == name
        assert tuple(map(links.name, links.out[number])) == topology.neighbors(name)
        assert tuple(map(tree.name, tree.out[number])) == topology.node(name).children
    assert links.undirected
    assert links.links == len(topology.links)
    assert tree.arcs == len(topology.nodes) - 1


@given(topologies())
def test_the_simulator_sees_what_live_nodes_see(topology: Topology) -> None:
    for view in ("links", "tree"):
        live, simulated = network_of(topology, view), Graph.of(topology).network(view)
        assert list(map(tuple, live.out)) == list(map(tuple, simulated.out))
        assert list(map(tuple, live.into)) == list(map(tuple, simulated.into))
        assert live.names == simulated.names


@pytest.mark.parametrize("fifo", [True, False])
def test_whether_links_keep_their_order_is_what_the_runtime_says(fifo: bool) -> None:
    assert network_of(generate("ring", seed=1), "links", fifo=fifo).fifo is fifo


def test_nobody_waits_for_the_diameter_of_a_large_network() -> None:
    star = generate("star", nodes=DIAMETER_NODES, seed=1)
    assert network_of(star, "links").nodes == DIAMETER_NODES
    with pytest.raises(TooLargeError):
        _ = network_of(generate("star", nodes=DIAMETER_NODES + 1, seed=1), "links").diameter
