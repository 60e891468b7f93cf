"""GML."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node
from topowave.topology.formats.gml import gml_text, read_gml
from topowave.topology.model import Topology
from topowave.topology.problems import Problems

LAB = Topology.from_json(
    {**node("root", 1, node("São & Co", 2), node("x y", 3, node("z", 4))), "links": [["z", "root"]]}
)


def gml(text: str) -> str:
    with pytest.raises(Problems) as caught:
        read_gml(text, "f")
    return str(caught.value)


def test_networkx_reads_what_is_written() -> None:
    graph = nx.parse_gml(gml_text(LAB))
    assert {frozenset(edge) for edge in graph.edges()} == {frozenset(link) for link in LAB.links}
    assert graph.nodes["São & Co"]["port"] == 2


def test_a_gml_with_parallel_links_need_not_say_so() -> None:
    parsed = read_gml(
        'graph [ node [ id 1 label "x" ] node [ id 2 label "x" ] edge [ source 1 target 2 ]'
        " edge [ source 2 target 1 ] ]",
        "f",
    )
    assert len(parsed.links) == 2
    assert parsed.nodes == {1: {"label": "x"}, 2: {"label": "x"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f: not GML: input contains no graph"),
        ("graph [", "f: not GML: expected ']', found EOF at "),
        ("graph [ node [ ] ]", "f: not GML: node #0 has no 'id' attribute"),
        ("graph [ node [ id 1 ] edge [ source 1 target 2 ] ]", "f: not GML: edge #0 has undefined target 2"),
        ("graph [ node [ id 1 ] node [ id 1 ] ]", "f: not GML: node id 1 is duplicated"),
        ("$", "f: not GML: cannot tokenize $ at (1, 1)"),
        ("a [ " * 5000, "f: not GML: nested too deep"),
    ],
)
def test_what_is_no_gml_is_told(text: str, problem: str) -> None:
    assert gml(text).startswith(problem)


@pytest.mark.parametrize("label", ["", "label [ x 1 ]", 'label "x"'])
def test_a_gml_whose_labels_are_no_names_of_ours_keeps_its_ids(label: str) -> None:
    parsed = read_gml(f'graph [ node [ id 1 port 1 label "x" ] node [ id 2 port 2 {label} ] ]', "f")
    assert list(parsed.nodes) == [1, 2]
