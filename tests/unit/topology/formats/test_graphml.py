"""GraphML."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node
from topowave.topology.formats.graphml import graphml_text, read_graphml
from topowave.topology.model import Topology
from topowave.topology.problems import Problems

LAB = Topology.from_json(
    {**node("root", 1, node("São & Co", 2), node("x y", 3, node("z", 4))), "links": [["z", "root"]]}
)
HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">'


def graphml(inside: str) -> str:
    with pytest.raises(Problems) as caught:
        read_graphml(f"{HEAD}{inside}</graph></graphml>".encode(), "f")
    return str(caught.value)


def test_networkx_reads_what_is_written() -> None:
    graph = nx.parse_graphml(graphml_text(LAB))
    assert {frozenset(edge) for edge in graph.edges()} == {frozenset(link) for link in LAB.links}
    assert graph.nodes["São & Co"]["port"] == 2


def test_every_fault_in_a_graphmls_nodes_and_links_is_told() -> None:
    assert graphml('<node id="a"/><node id="a"/><node/>').split("\n") == [
        "f: node number 3 has no id",
        'f: two nodes have the id "a"',
    ]
    assert graphml('<node id="a"/><edge source="a" target="x"/><edge target="a"/>').split("\n") == [
        'f: the target of link number 1 is no node: "x"',
        "f: the source of link number 2 is no node: null",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "f: not GraphML: no element found: line 1, column 0"),
        (b"<a><b></a>", "f: not GraphML: mismatched tag: line 1, column 8"),
        (b"<a/>", "f: not GraphML: there is no graph in it"),
        (b"<a>\xff</a>", "f: not GraphML: not well-formed (invalid token): line 1, column 3"),
    ],
)
def test_what_is_no_graphml_is_told(content: bytes, problem: str) -> None:
    with pytest.raises(Problems) as caught:
        read_graphml(content, "f")
    assert str(caught.value) == problem


def test_what_networkx_refuses_is_told_on_one_line() -> None:
    assert graphml("<hyperedge/>") == "f: not GraphML: GraphML reader doesn't support hyperedges"
    assert (
        graphml('<node id="a"><data key="k">1</data></node>') == "f: not GraphML: Bad GraphML data: no key k"
    )


def test_a_bomb_of_entities_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "boom">{entities}]><x>&e11;</x>'
    with pytest.raises(Problems, match="not GraphML"):
        read_graphml(bomb.encode(), "f")


def test_parallel_links_are_all_there() -> None:
    nodes = '<node id="a"/><node id="b"/>'
    edge = '<edge source="a" target="b"/>'
    parsed = read_graphml(f"{HEAD}{nodes}{edge * 3}</graph></graphml>".encode(), "f")
    assert parsed.links == [("a", "b")] * 3
