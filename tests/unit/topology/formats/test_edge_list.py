"""Edge lists."""

from __future__ import annotations

import networkx as nx
import pytest

from tests.unit.topology.strategies import node, untyped_networkx
from topowave.topology.formats import parsed_graph
from topowave.topology.formats.edge_list import edge_list_text, read_edge_list
from topowave.topology.limits import MAX_LINK_LINE, MAX_NODES
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


LAKE = [("lake", "river"), ("lake", "sea")]


@pytest.mark.parametrize(
    "between",
    [
        ", ", ",", " ,", " , ", ",\t", "; ", ";", " ; ", ": ", " : ", "\t", " \t ", " ", "   ", " | ", "|",
        " - ", " -- ", "--", " \u2014 ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'"], ids=["bare", "double quotes", "single quotes"])
@pytest.mark.parametrize("end", ["", ",", " ", "\r"], ids=repr)
def test_names_may_be_set_apart_as_people_do(between: str, form: str, end: str) -> None:
    lines = [between.join(form.format(name) for name in link) for link in LAKE]
    parsed = read_edge_list(f"{end}\n".join(lines) + end, "f")
    assert parsed.links == LAKE
    assert parsed.notes == []
    assert not parsed.directed


@pytest.mark.parametrize("arrow", [" -> ", "->", " => ", " <-> ", " --> ", " \u2192 "])
def test_an_arrow_gives_a_direction(arrow: str) -> None:
    parsed = read_edge_list(f"lake{arrow}river\nlake{arrow}sea", "f")
    assert (parsed.links, parsed.directed) == (LAKE, True)


@pytest.mark.parametrize(
    "line",
    [
        "(1, 2)", "(1, 2),", "[1, 2]", "{1, 2}", "('1', '2')", '("1", "2", {"weight": 3})',
        "1 2 {'weight': 3}", "1,2,{'weight': 3}", "1 2 # a comment", "1, 2 // a comment", "1\t2\t# a comment",
        "1 -> 2", "1 - 2", "1 , 2",
    ],
)  # fmt: skip
def test_tuples_dictionaries_and_comments_are_passed_over(line: str) -> None:
    parsed = read_edge_list(f"# c\n% c\n// c\n\n{line}\n{line}\n", "f")
    assert parsed.links == [("1", "2"), ("1", "2")]
    assert parsed.notes == []


@pytest.mark.parametrize("line", ["1 2 3", "1, 2, 3.5", "1;2;3,5", "1\t2\t1e3", '"1" "2" -3', "(1, 2, 3)"])
def test_numbers_behind_the_names_are_passed_over_and_that_is_said(line: str) -> None:
    parsed = read_edge_list(f"{line}\n3 4\n{line}", "f")
    assert parsed.links == [("1", "2"), ("3", "4"), ("1", "2")]
    assert parsed.notes == ["the numbers behind the names of 2 links passed over"]


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ("New York, Kansas City", ("New York", "Kansas City")),
        ("Portland, OR\tSeattle, WA", ("Portland, OR", "Seattle, WA")),
        ("Portland, OR; Seattle, WA", ("Portland, OR", "Seattle, WA")),
        ('"Portland, OR" "Seattle, WA"', ("Portland, OR", "Seattle, WA")),
        ('"say ""a""", b', ('say "a"', "b")),
        ("Smith,J Doe,A", ("Smith,J", "Doe,A")),
        ("room 1, room 2", ("room 1", "room 2")),
        ("Room #1\tRoom #2", ("Room #1", "Room #2")),
        ("a #1", ("a", "#1")),
        ("(a) (b)", ("(a)", "(b)")),
        ("'s-Gravenhage O'Hare", ("'s-Gravenhage", "O'Hare")),
        ("10.0.0.1:80 fe80::1", ("10.0.0.1:80", "fe80::1")),
        ("web-1 db-2", ("web-1", "db-2")),
    ],
)
def test_names_may_hold_the_marks_that_elsewhere_stand_between_names(
    line: str, link: tuple[str, str]
) -> None:
    assert read_edge_list(line, "f").links == [link]


@pytest.mark.parametrize(
    "line",
    [
        "lake:river", "lake-river", "a: b c d", "1 2 3 4", "1,2,3,4", "a,,b", ",a", "lake, river 3",
        "a,b,friend", "[(1,2),(2,3)]", "edges = [", '"lake river', "a\0 b", "- -", "a\tb\tc",
    ],
)  # fmt: skip
def test_what_might_be_meant_in_another_way_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Problems, match="f: line 2: expected two names, found"):
        read_edge_list(f"x y\n{line}", "f")


def test_a_line_of_two_readings_is_read_as_the_others_are_or_refused() -> None:
    by_comma = read_edge_list("a, b\nKansas City,Reno", "f")
    assert by_comma.links == [("a", "b"), ("Kansas City", "Reno")]
    assert by_comma.notes == [
        "1 line that may be read in more ways taken for names with a comma between them"
    ]
    by_space = read_edge_list("Smith,J Bob\nBob Eve", "f")
    assert by_space.links == [("Smith,J", "Bob"), ("Bob", "Eve")]
    assert read_edge_list("Kansas City,Reno\nReno,Carson City", "f").links[1] == ("Reno", "Carson City")
    with pytest.raises(Problems) as caught:
        read_edge_list("a,1 b,2", "f")
    assert str(caught.value) == (
        "f: line 1: may be read in more than one way; expected a tab between the two names"
    )


def test_the_heading_of_a_table_is_no_link_unless_its_words_are_nodes() -> None:
    parsed = read_edge_list("Source;Target;Weight\na;b;1", "f")
    assert parsed.links == [("a", "b")]
    assert parsed.notes[0] == 'line 1 taken for a heading: "Source;Target;Weight"'
    assert read_edge_list("source target\ntarget sink", "f").links == [
        ("target", "sink"),
        ("source", "target"),
    ]


@pytest.mark.parametrize(("first", "name"), [("*Vertices 3", "Pajek"), ("%%MatrixMarket x", "Matrix Market")])
def test_formats_that_only_look_like_edge_lists_are_named(first: str, name: str) -> None:
    with pytest.raises(Problems, match=f"f: not an edge list but a file in {name} format"):
        read_edge_list(f"{first}\n1 2", "f")


def test_ids_with_labels_before_the_links_are_no_links() -> None:
    with pytest.raises(Problems, match="f: not an edge list but a file in Trivial Graph Format"):
        read_edge_list("1 gate\n2 desk\n#\n1 2\n", "f")
    assert len(read_edge_list("# one\n#\na b\nb c\n#\na c\n", "f").links) == 3
    assert len(read_edge_list("a b\nb c\n#\na c\n", "f").links) == 3


def test_too_many_nodes_or_links_are_refused_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed_graph, "MAX_LISTED_LINKS", 2)
    with pytest.raises(Problems, match="f: line 3: more than the limit of 2 links"):
        read_edge_list("a b\n" * 3, "f")
    nodes = "".join(f'# node {{"name": "n{number}"}}\n' for number in range(MAX_NODES + 1))
    with pytest.raises(Problems, match="f: line 10001: one more than the limit of 10000 nodes"):
        read_edge_list(nodes, "f")


def test_a_line_that_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(Problems, match="f: line 2: longer than the limit of 100000 characters"):
        read_edge_list("a b\n" + "x " * (MAX_LINK_LINE // 2) + "x", "f")


def test_lines_may_end_as_on_any_system() -> None:
    assert read_edge_list("a b\rb c\r\nc d\n", "f").links == [("a", "b"), ("b", "c"), ("c", "d")]


def test_more_nodes_than_the_limit_are_refused_in_the_line_that_names_one_more() -> None:
    path = "\n".join(f"{number} {number + 1}" for number in range(MAX_NODES + 50))
    with pytest.raises(Problems, match=f"line {MAX_NODES}: one more than the limit of {MAX_NODES} nodes"):
        read_edge_list(path, "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4 3\n1 2\n2 3\n3 4\n", True),
        ("5 4\n0 1\n1 2\n2 3\n3 4\n", True),
        ("1 2\n2 3\n3 4\n", False),
        ("0 1\n1 2\n", False),
        ("4 2\na b\nb c\nc d\n", False),
        ("1 0\n", False),
    ],
)
def test_a_first_line_that_may_be_counts_is_told(text: str, told: bool) -> None:
    notes = read_edge_list(text, "f").notes
    assert any("may be the numbers of nodes and links: then leave it out" in note for note in notes) is told
