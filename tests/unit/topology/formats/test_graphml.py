"""GraphML."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node
from topowave.topology.formats import parsed_graph
from topowave.topology.formats.graphml import graphml_text, read_graphml
from topowave.topology.formats.parsed_graph import ParsedGraph
from topowave.topology.limits import MAX_NODES
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
        'f: two nodes have the id "a" (line 1)',
        "f: node number 3 has no id (line 1)",
    ]
    assert graphml('<node id="a"/>\n<edge source="a" target="x"/>\n<edge target="a"/>').split("\n") == [
        "f: the source of link number 2 is no node: null (line 3)",
        'f: the target of link number 1 is no node: "x" (line 2)',
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "f: not GraphML: no element found: line 1, column 0"),
        (b"<graphml>\n<b></graphml>", "f: not GraphML: mismatched tag: line 2, column 5"),
        (b"\n<a/>", 'f: not GraphML: line 2: the outermost element is "a"; expected graphml'),
        (b"<graphml/>", "f: not GraphML: there is no graph in it"),
        (b"<graphml>\0</graphml>", "f: not GraphML: not well-formed (invalid token): line 1, column 9"),
        (b"<graphml>\xff\0</graphml>", "f: not UTF-8: byte 0xff at position 9 (line 1)"),
    ],
)
def test_what_is_no_graphml_is_told(content: bytes, problem: str) -> None:
    with pytest.raises(Problems) as caught:
        read_graphml(content, "f")
    assert str(caught.value) == problem


def test_a_hyperedge_is_a_link_if_it_joins_two_nodes() -> None:
    two = '<node id="a"/><node id="b"/>\n<hyperedge><endpoint node="a"/><endpoint node="b"/>'
    assert read_graphml(f"{HEAD}{two}</hyperedge></graph></graphml>".encode(), "f").links == [("a", "b")]
    assert graphml(f'{two}<endpoint node="a"/></hyperedge>') == (
        "f: a hyperedge of 3 nodes; expected links between two nodes (line 2)"
    )


PAIR = '<node id="a">{}</node><node id="b"/><edge source="a" target="b"/>'


def read(
    inside: str, keys: str = "", head: str = "<graphml>", edgedefault: str = "undirected"
) -> ParsedGraph:
    text = f'{head}{keys}<graph edgedefault="{edgedefault}">{inside}</graph></graphml>'
    return read_graphml(text.encode(), "f")


@pytest.mark.parametrize(
    "head",
    [
        "<graphml>",
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns/graphml">',
        '<!DOCTYPE graphml SYSTEM "graphml.dtd"><graphml>',
        '<?xml version="1.0" encoding="utf-16"?><graphml>',
        "<!-- <graph> ]]> --><graphml>",
    ],
)
def test_any_namespace_is_good_and_so_is_none(head: str) -> None:
    assert read(PAIR.format(""), head=head).links == [("a", "b")]
    prefixed = "<g:graphml><g:graph><g:node id='a'/></g:graph></g:graphml>"
    assert list(read_graphml(prefixed.encode(), "f").nodes) == ["a"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ('attr.name="on" attr.type="boolean"', " true "),
        ('attr.name="size" attr.type="int"', "3.0"),
        ('attr.name="pos" attr.type="vector_float"', "1, 2"),
        ('attr.name="w" attr.type="double"', "-Infinity"),
        ('attr.name="x" attr.type="nothing known"', "?"),
        ("", "no name, no type"),
    ],
)
def test_what_no_topology_needs_never_refuses_a_file(key: str, value: str) -> None:
    data = f'<data key="k">{value}</data><data key="undeclared">1</data><port name="p"/><desc>x</desc>'
    for default in ("", "<default/>", f"<default>{value}</default>"):
        parsed = read(PAIR.format(data), f'<key id="k" for="all" {key}>{default}</key>')
        assert parsed.nodes == {"a": {}, "b": {}}


def test_keys_may_be_declared_late_or_never_where_their_id_says_enough() -> None:
    text = '<graphml><graph><node id="a"><data key="k">Rome</data><data key="cpu">8</data></node></graph>'
    parsed = read_graphml(f'{text}<key id="k" attr.name="label"/></graphml>'.encode(), "f")
    assert parsed.nodes == {"a": {"label": "Rome", "cpu": "8"}}


def test_defaults_are_used_but_a_name_of_ones_own_goes_before_a_default_label() -> None:
    keys = (
        '<key id="c" for="node" attr.name="cpu"><default>2</default></key>'
        '<key id="n" for="all" attr.name="name"/>'
        '<key id="l" attr.name="label"><default>router</default></key>'
        '<key id="e" for="edge" attr.name="role"><default>link</default></key>'
    )
    parsed = read(PAIR.format('<data key="c">8</data><data key="n">Rome</data>'), keys)
    assert parsed.nodes == {"a": {"cpu": "8", "name": "Rome"}, "b": {"cpu": "2", "label": "router"}}


def test_links_may_have_directions_of_their_own() -> None:
    nodes = '<node id="a"/><node id="b"/>'
    for default, own, directed in (
        ("undirected", "", False), ("undirected", 'directed="true"', True), ("directed", "", True),
        ("directed", 'directed="false"', False),
    ):  # fmt: skip
        parsed = read(f'{nodes}<edge source="a" target="b" {own}/>', edgedefault=default)
        assert (parsed.links, parsed.directed) == ([("a", "b")], directed)


def test_a_drawn_label_names_a_node_and_a_group_without_links_is_none() -> None:
    labels = "<y:NodeLabel>Main gate<y:Model/> more</y:NodeLabel><y:NodeLabel>no</y:NodeLabel>"
    inner = PAIR.format(f'<data key="d">\n<y:ShapeNode>{labels}</y:ShapeNode>\n</data>')
    parsed = read(f'<node id="g"><graph>{inner}</graph></node>', '<key id="d" yfiles.type="nodegraphics"/>')
    assert parsed.nodes == {"a": {"label": "Main gate"}, "b": {}}
    assert parsed.notes == ["1 group without links left out; the nodes inside are there"]


def test_of_several_graphs_the_first_is_read_and_that_is_said() -> None:
    one = '<graph><node id="a"/></graph>'
    parsed = read_graphml(f"<graphml>{one}{one}{one}</graphml>".encode(), "f")
    assert list(parsed.nodes) == ["a"]
    assert parsed.notes == ["of several graphs in the file the first was read"]


@pytest.mark.parametrize(
    ("declared", "encoding"), [("", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "cp1252")]
)
def test_a_file_that_is_not_in_the_encoding_it_says_is_read_as_latin_1_with_a_note(
    declared: str, encoding: str
) -> None:
    name = "Zürich\u2019s" if encoding == "cp1252" else "Zürich"
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else "\n"
    parsed = read_graphml(
        f'{head}<graphml><graph><node id="{name}"/></graph></graphml>'.encode(encoding), "f"
    )
    assert list(parsed.nodes) == [name]
    assert parsed.notes == ["line 2 is not UTF-8: the file was read as Latin-1"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_an_encoding_that_is_declared_is_no_matter_for_a_note(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><graphml><graph><node id="Zürich"/></graph></graphml>'
    parsed = read_graphml(text.encode(encoding), "f")
    assert (list(parsed.nodes), parsed.notes) == (["Zürich"], [])


def test_too_many_nodes_or_links_and_too_long_tags_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = "\n".join(f'<node id="{number}"/>' for number in range(MAX_NODES + 1))
    assert graphml(nodes) == "f: line 10001: one more than the limit of 10000 nodes"
    monkeypatch.setattr(parsed_graph, "MAX_LISTED_LINKS", 2)
    assert graphml('<node id="a"/>' + '\n<edge source="a" target="a"/>' * 3) == (
        "f: line 4: more than the limit of 2 links"
    )
    monkeypatch.setattr("topowave.topology.formats.graphml.MAX_MARKUP_BYTES", 100_000)
    assert graphml("\n<!-- " + "x" * 300_000) == (
        "f: not GraphML: line 2: a tag or comment is longer than the limit of 100000 bytes"
    )


def test_a_bomb_of_entities_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "boom">{entities}]><graphml><desc>&e11;</desc></graphml>'
    with pytest.raises(Problems, match="not GraphML"):
        read_graphml(bomb.encode(), "f")


def test_parallel_links_are_all_there() -> None:
    nodes = '<node id="a"/><node id="b"/>'
    edge = '<edge source="a" target="b"/>'
    parsed = read_graphml(f"{HEAD}{nodes}{edge * 3}</graph></graphml>".encode(), "f")
    assert parsed.links == [("a", "b")] * 3
