"""Topologies as attributes and back as graphs."""

from __future__ import annotations

import networkx as nx

from tests.unit.topology.strategies import node, untyped_networkx
from topowave.topology.formats.parsed_graph import from_graph, to_graph, to_parsed_graph
from topowave.topology.model import Topology

LAB = Topology.from_json(
    {
        **node("root", 1, node("a", 2, link_delay=3, role="hub"), node("b", 3, launch=False)),
        "links": [["a", "b"]],
    }
)


def test_writes_down_only_what_differs_from_the_default() -> None:
    assert to_parsed_graph(LAB).nodes == {
        "root": {"port": 1, "cpu": 2},
        "a": {"port": 2, "cpu": 2, "parent": "root", "role": "hub", "link_delay": 3.0},
        "b": {"port": 3, "cpu": 2, "parent": "root", "launch": False},
    }
    assert to_parsed_graph(LAB).links == [("root", "a"), ("root", "b"), ("a", "b")]


def test_a_graph_has_the_same_nodes_links_and_attributes() -> None:
    graph = to_graph(LAB)
    assert nx.is_isomorphic(graph, untyped_networkx.cycle_graph(3))
    assert from_graph(graph) == to_parsed_graph(LAB)


def test_parallel_links_and_direction_are_taken_over() -> None:
    parsed = from_graph(nx.MultiDiGraph([(1, 2), (1, 2), (2, 2)]))
    assert parsed.links == [(1, 2), (1, 2), (2, 2)]
    assert parsed.directed
