"""Edge lists."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node, untyped_networkx
from topowave.topology.formats.edge_list import edge_list_text, read_edge_list
from topowave.topology.model import Topology
from topowave.topology.problems import Problems

LAB = Topology.from_json({**node("root", 1, node("a", 2), node("b", 3)), "links": [["a", "b"]]})


def test_networkx_reads_what_is_written() -> None:
    graph = nx.parse_edgelist(edge_list_text(LAB).splitlines())
    assert {frozenset(edge) for edge in graph.edges()} == {frozenset(link) for link in LAB.links}


def test_reads_what_networkx_writes() -> None:
    graph: nx.Graph[int] = untyped_networkx.cycle_graph(3)
    for _, _, attributes in graph.edges(data=True):
        attributes["weight"] = 7
    raw = read_edge_list("\n".join(nx.generate_edgelist(graph)), "")
    assert raw.links == [("0", "1"), ("0", "2"), ("1", "2")]
    assert list(raw.nodes) == ["0", "1", "2"]


def test_names_with_spaces_stand_between_tabs_and_comments_are_passed_over() -> None:
    raw = read_edge_list("# a comment\n\nNew York\tKansas City\nKansas City\tReno\t2.5\na b 1e3\r\n", "")
    assert raw.links == [("New York", "Kansas City"), ("Kansas City", "Reno"), ("a", "b")]


def test_every_bad_line_is_told() -> None:
    with pytest.raises(Problems) as caught:
        read_edge_list(
            'a b\nlonely\nNew York Boston\na\t\n# node 7\n# node {"cpu"\n# node {"name": "a", "cpu": 1}\n'
            '# node {"name": "a"}\n',
            "f",
        )
    assert list(caught.value.problems) == [
        'f: line 2: expected two names, found "lonely"',
        'f: line 3: expected two names, found "New York Boston"',
        'f: line 4: expected two names, found "a"',
        "f: line 5: expected a node with a name, found 7",
        "f: line 6: not JSON: line 1, column 7: "
        "expected ':' after the key \"cpu\", found the end of the file",
        'f: line 8: the node "a" was described before',
    ]
