"""GML."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node
from topowave.topology.formats import parsed_graph
from topowave.topology.formats.gml import gml_text, read_gml
from topowave.topology.limits import MAX_NODES
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
    "more",
    [
        "weight 1e5", "weight -2E-3", "weight Inf", "weight -Infinity", "weight NaN", "on True",
        'node-type "x"',
        "a.b 1", "x .5", 'note "first\nsecond ] ["', "fill #ff0000", 'fill "#ff0000" # a comment [',
        "l [ k [ x 1 ] ]",
        "# node [ id 7 ]\n", "big " + "9" * 5000, 'comment "multigraph 1"',
    ],
)  # fmt: skip
def test_what_no_topology_needs_never_refuses_a_file(more: str) -> None:
    text = (
        f'Creator "graph [ node"\ngraph [\n{more}\nnode [ id 1 label "gate"\n{more}\n]\n'
        f"node [ {more}\n id 2 ]\n"
        f"edge [ source 1 {more}\n target 2 ] edge [ source 2 target 1 ] ]"
    )
    parsed = read_gml(text, "f")
    assert parsed.nodes == {1: {"label": "gate"}, 2: {}}
    assert parsed.links == [(1, 2), (2, 1)]
    assert not parsed.directed


def test_ids_may_be_texts_and_written_in_two_ways_and_come_after_their_links() -> None:
    parsed = read_gml(
        'graph [ edge [ source "1" target b ] node [ id 1 ] node [ id "b" ] directed True ]', "f"
    )
    assert parsed.links == [(1, "b")]
    assert parsed.directed


def test_names_are_read_as_they_are_written() -> None:
    parsed = read_gml(
        'graph [ node [ id 1 label "Z&uuml;rich &#38; x  y" ] node [ id 2 label 007 ]'
        ' node [ id 3 label "" label gate ] ]',
        "f",
    )
    assert [known["label"] for known in parsed.nodes.values()] == ["Zürich & x  y", "007", "gate"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f: not GML: there is no graph in it"),
        ("graph [\n", "f: not GML: line 2: expected a key or ']', found the end of the file"),
        ("graph [\n node [ ] ]", "f: node number 1 has no id (line 2)"),
        (
            "graph [ node [ id 1 ]\nedge [ source 1 target 2 ] ]",
            "f: the target of link number 1 is no node: 2 (line 2)",
        ),
        ("graph [ node [ id 1 ]\nedge [ source 1 ] ]", "f: link number 1 has no target (line 2)"),
        ("graph [ node [ id 1 ]\n node [ id 1 ] ]", "f: two nodes have the id 1 (line 2)"),
        ("graph [ ]\ngraph [ ]", "f: not GML: line 2: a second graph; expected one in a file"),
        ("\n$", 'f: not GML: line 2: expected a key, found "$"'),
        ("graph [\n id ]", 'f: not GML: line 2: expected a value of "id", found "]"'),
        ('graph [\n id "x\n]', "f: not GML: line 2: the text that begins here is never closed"),
        (
            'graph [ node [ id 1 label "a \\"b\\"" ] ]',
            "f: not GML: line 1: expected a key or ']', found \"b\\\\\"",
        ),
        ("graph [ \x1b 1 ]", "f: not GML: line 1: expected a key or ']', found \"\\u001b\""),
    ],
)
def test_what_is_no_gml_is_told_with_its_line(text: str, problem: str) -> None:
    assert gml(text) == problem


def test_lists_may_be_as_deep_as_they_like() -> None:
    assert gml("a [ " * 5_000) == "f: not GML: line 1: expected ']', found the end of the file"


def test_too_many_nodes_links_or_words_are_refused_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = "\n".join(f"node [ id {number} ]" for number in range(MAX_NODES + 1))
    assert gml(f"graph [{nodes} ]") == "f: line 10001: one more than the limit of 10000 nodes"
    monkeypatch.setattr(parsed_graph, "MAX_LISTED_LINKS", 2)
    assert gml("graph [ node [ id 1 ]" + "\nedge [ source 1 target 1 ]" * 3) == (
        "f: line 4: more than the limit of 2 links"
    )
    monkeypatch.setattr("topowave.topology.formats.gml.MAX_WORDS", 4)
    assert gml("a 1\nb 2\nc 3") == "f: line 3: more than the limit of 4 words"


@pytest.mark.parametrize("label", ["", "label [ x 1 ]", 'label "x"'])
def test_a_gml_whose_labels_are_no_names_of_ours_keeps_its_ids(label: str) -> None:
    parsed = read_gml(f'graph [ node [ id 1 port 1 label "x" ] node [ id 2 port 2 {label} ] ]', "f")
    assert list(parsed.nodes) == [1, 2]
