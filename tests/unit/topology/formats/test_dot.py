"""DOT, written and read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import node
from topowave.topology.formats.dot import dot_text, read_dot
from topowave.topology.formats.parsed_graph import ParsedGraph
from topowave.topology.model import Topology
from topowave.topology.problems import Problems


def links(text: str) -> list[tuple[object, object]]:
    return list(read_dot(text, "f").links)


def test_writes_a_node_or_a_link_on_a_line() -> None:
    lab = Topology.from_json(node("root", 1, node('a "b"', 2, launch=False, role="x\\")))
    assert dot_text(lab) == (
        "graph topology {\n"
        '  "root" [port=1, cpu=2];\n'
        '  "a \\"b\\"" [port=2, cpu=2, parent="root", role="x\\\\", launch=false];\n'
        '  "root" -- "a \\"b\\"";\n'
        "}\n"
    )


def test_reads_the_language_as_people_write_it() -> None:
    parsed = read_dot(
        """
        // a comment
        strict graph "my lab" {
            # another
            rankdir = LR; size="7,5"
            graph [bgcolor=white]; edge [color=red]
            node [cpu=2, shape=box]
            a [label="Node \\"A\\"\\nof two lines" cpu=8]; /* and
            one more */
            a -- b -- "c d":n:sw [weight=3]
            subgraph cluster_x { node [cpu=6]; e; f }
            g -- { h i } -- .5
            "long" + "er" -- <b<i>o</i>>
            7 [key];
        }
        """,
        "f",
    )
    assert parsed.nodes["a"] == {"label": 'Node "A" of two lines', "cpu": "8", "shape": "box"}
    assert parsed.nodes["b"] == {"cpu": "2", "shape": "box"}
    assert parsed.nodes["e"] == {"cpu": "6", "shape": "box"}
    assert parsed.nodes["7"]["key"] == "true"
    assert parsed.links == [
        ("a", "b"), ("b", "c d"), ("g", "h"), ("g", "i"), ("h", ".5"), ("i", ".5"), ("longer", "<b<i>o</i>>"),
    ]  # fmt: skip
    assert not parsed.directed


def test_arrows_make_it_directed() -> None:
    parsed = read_dot("digraph { a -> b; b -> a }", "f")
    assert parsed.directed
    assert parsed.links == [("a", "b"), ("b", "a")]


def test_subgraphs_may_be_ends_of_links() -> None:
    assert links("graph { {a b} -- subgraph s {c d} }") == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]


def test_keywords_are_known_in_any_case() -> None:
    assert links("STRICT Graph { Node [a=b] x -- y }") == [("x", "y")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, column 1: expected graph or digraph, found the end of the file"),
        ("tree {}", 'line 1, column 1: expected graph or digraph, found "tree"'),
        ("graph x", "line 1, column 8: expected '{', found the end of the file"),
        ("graph {\n a -- ", "line 2, column 7: expected a name, found the end of the file"),
        ("graph { a -> b }", "line 1, column 11: expected -- in this kind of graph, found ->"),
        ("graph { a [b= ] }", 'line 1, column 15: expected a name, found "]"'),
        ("graph { } x", 'line 1, column 11: expected nothing after the graph, found "x"'),
        ("graph { a ! }", 'line 1, column 11: found "!", which begins nothing in DOT'),
        ('graph { "a }', 'line 1, column 9: found "\\"", which begins nothing in DOT'),
        ("graph { <a }", "line 1, column 9: the '<' is never closed"),
        ("graph { node }}", 'line 1, column 15: expected nothing after the graph, found "}"'),
        ("graph " + "{" * 200, "line 1, column 59: more than 50 subgraphs inside each other"),
        ("graph { a = }", 'line 1, column 13: expected a name, found "}"'),
    ],
)
def test_what_is_no_dot_is_told_with_line_and_column(text: str, problem: str) -> None:
    with pytest.raises(Problems) as caught:
        read_dot(text, "f")
    assert str(caught.value) == f"f: not DOT: {problem}"


@given(st.text(alphabet='{}[]=;,:+"\\<>-/*# \nab1.', max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_or_refused_in_words(inside: str) -> None:
    try:
        assert isinstance(read_dot(f"graph {{ {inside} }}", "f"), ParsedGraph)
    except Problems as error:
        problem = str(error)
    else:
        problem = "f: not DOT: "
    assert problem.startswith("f: not DOT: ")
    assert "\n" not in problem
