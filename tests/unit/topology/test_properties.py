"""The figures of a network."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings

from tests.unit.topology.strategies import topologies
from topowave.topology import properties
from topowave.topology.generators.generate import generate
from topowave.topology.model import Topology
from topowave.topology.properties import measure


@given(topologies())
@settings(deadline=None)
def test_the_figures_are_those_that_networkx_finds(topology: Topology) -> None:
    graph: nx.Graph[str] = nx.Graph(topology.links)
    graph.add_node(topology.root.name)
    tree: nx.Graph[str] = nx.Graph((n.parent, n.name) for n in topology.nodes if n.parent is not None)
    tree.add_node(topology.root.name)
    found = measure(topology)
    assert found.nodes == len(graph)
    assert found.links == graph.number_of_edges()
    assert found.diameter == nx.diameter(graph)
    assert found.depth == nx.eccentricity(tree, topology.root.name)
    assert found.is_tree == nx.is_tree(graph)


def test_a_large_network_gets_a_lower_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "MOST_FOR_EXACT", 10)
    ring = measure(generate("ring", nodes=40, seed=1))
    assert (ring.diameter, ring.diameter_kind) == (20, "at least")
    path = measure(generate("path", nodes=40, seed=1))
    assert (path.diameter, path.diameter_kind) == (39, "exactly")


def test_says_the_figures_in_a_sentence() -> None:
    assert (
        measure(generate("path", nodes=2, seed=1)).sentence()
        == "2 nodes, 1 link, depth 1, diameter 1, a tree"
    )
    assert (
        measure(generate("ring", nodes=5, seed=1)).sentence()
        == "5 nodes, 5 links, depth 2, diameter 2, no tree"
    )
    assert (
        measure(generate("star", nodes=1, seed=1)).sentence()
        == "1 node, 0 links, depth 0, diameter 0, a tree"
    )


def test_a_bound_is_called_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "MOST_FOR_EXACT", 3)
    assert "diameter at least 2" in measure(generate("ring", nodes=4, seed=1)).sentence()
