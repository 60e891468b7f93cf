from __future__ import annotations

import pytest
from hypothesis import given

from tests.unit.topology.strategies import topologies
from topowave.algorithms import Network
from topowave.topology import Topology, generate
from topowave.topology.adjacency import adjacency


@pytest.mark.parametrize("nodes", [3, 4, 5, 8, 31])
def test_a_ring_is_numbered_around_the_ring_from_the_root(nodes: int) -> None:
    topology = generate("ring", nodes=nodes, seed=1)
    assert topology.numbering[0] == topology.root.name
    assert Network(adjacency(topology, "links")).ring == tuple(range(nodes))
    assert [topology.numbers[name] for name in topology.numbering] == list(range(nodes))


def test_two_nodes_and_one_are_no_ring() -> None:
    for nodes in (1, 2):
        topology = generate("path", nodes=nodes, seed=1)
        assert topology.numbering == tuple(node.name for node in topology.nodes)


@given(topologies())
def test_whatever_is_no_ring_is_numbered_depth_first(topology: Topology) -> None:
    if any(len(topology.neighbors(node.name)) != 2 for node in topology.nodes):
        assert topology.numbering == tuple(node.name for node in topology.nodes)
    assert sorted(topology.numbering) == sorted(node.name for node in topology.nodes)
