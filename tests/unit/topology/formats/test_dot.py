"""DOT, written and read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import node
from topowave.topology.formats import dot_tokens
from topowave.topology.formats.dot import dot_text, read_dot
from topowave.topology.formats.dot_labels import Value, label_text
from topowave.topology.formats.parsed_graph import ParsedGraph
from topowave.topology.limits import MAX_NODES
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
            7 [launch];
        }
        """,
        "f",
    )
    assert parsed.nodes["a"] == {"label": 'Node "A" of two lines', "cpu": "8"}
    assert parsed.nodes["b"] == {"cpu": "2"}
    assert parsed.nodes["e"] == {"cpu": "6"}
    assert parsed.nodes["7"]["launch"] == "true"
    assert parsed.links == [
        ("a", "b"), ("b", "c d"), ("g", "h"), ("g", "i"), ("h", ".5"), ("i", ".5"), ("longer", "<b<i>o</i>>"),
    ]  # fmt: skip
    assert not parsed.directed


def test_commas_between_nodes_make_a_list_of_them() -> None:
    parsed = read_dot('graph { a, b -- c, d; e, f [cpu=8, label="x"] }', "f")
    assert parsed.links == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    assert parsed.nodes["e"] == parsed.nodes["f"] == {"cpu": "8", "label": "x"}


def test_a_label_is_what_the_drawing_shows_and_one_that_shows_the_id_is_none() -> None:
    parsed = read_dot(
        r"""
        graph "the site" {
            node [label="\N"]; a; b [label="\N\n10.0.0.1"]; c [label="\G: \N"]; d [name=deal, label=""];
            e [shape=record, label="<in> one|{two|<out>}"]; f [label=<<b>six</b> &amp; more>];
            "g\nh" [label="\N"];
            <b<i>o</i>> [label="\L"];
        }
        """,
        "f",
    )
    assert [known.get("label") for known in parsed.nodes.values()] == [
        None, "b 10.0.0.1", "the site: c", None, "one two", "six & more", "g h", "bo",
    ]  # fmt: skip
    assert parsed.nodes["d"] == {"name": "deal"}
    assert parsed.ids_are_names


def test_defaults_hold_for_the_nodes_that_come_after_them() -> None:
    parsed = read_dot(
        'graph { a; node [label="x \\N"]; subgraph { node [label=y]; b; a } c [label=z]; d }', "f"
    )
    assert [known.get("label") for known in parsed.nodes.values()] == [None, "y", "z", "x d"]


def test_an_id_is_html_where_it_is_written_so_and_not_where_it_is_quoted() -> None:
    parsed = read_dot('graph { "<!0" -- "<b>a</b>"; <<b>c</b>> }', "f")
    assert [known.get("label") for known in parsed.nodes.values()] == [None, None, "c"]
    assert list(parsed.nodes) == ["<!0", "<b>a</b>", "<<b>c</b>>"]


def test_ids_that_only_look_alike_stay_two_nodes() -> None:
    assert len(read_dot(r'graph { "a\nb" -- "a b" -- "a\\b" }', "f").nodes) == 3


def test_of_several_graphs_the_first_is_read_and_that_is_said() -> None:
    parsed = read_dot("graph { a -- b } digraph { c -> d }", "f")
    assert parsed.links == [("a", "b")]
    assert parsed.notes == ["of several graphs in the file the first was read"]


def test_a_comment_begins_where_a_word_can_and_layout_is_not_looked_at() -> None:
    text = 'graph {\n# one\n a -- b # two -- three\n a -- c [width=1.5in]; size="7,5" }'
    assert links(text) == [("a", "b"), ("a", "c")]


def groups(count: int) -> str:
    sides = (" ".join(f"{letter}{number}" for number in range(count)) for letter in "ab")
    return f"graph {{ {' '.join(f'{{{side}}} --' for side in sides)} z }}"


def test_links_are_counted_before_they_are_made() -> None:
    assert len(links(groups(60))) == 60 * 60 + 60
    with pytest.raises(
        Problems, match=r"f: not DOT: line 1, column \d+: more than the limit of 500000 links"
    ):
        read_dot(groups(2_500), "f")


def test_more_nodes_or_words_than_allowed_are_refused_where_they_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes = "\n".join(f"n{number}" for number in range(MAX_NODES + 1))
    with pytest.raises(Problems, match="line 10001, column 1: one more than the limit of 10000 nodes"):
        read_dot(f"graph {{{nodes}}}", "f")
    monkeypatch.setattr(dot_tokens, "MAX_WORDS", 5)
    with pytest.raises(Problems, match="line 1, column 15: more than the limit of 5 words"):
        read_dot("graph { a b c d }", "f")


def test_a_thousand_defaults_for_thousands_of_nodes_are_not_kept_a_million_times() -> None:
    defaults = ",".join(f"k{number}=1" for number in range(1_000))
    parsed = read_dot(f"graph {{ node [{defaults},cpu=2]; {' '.join(f'n{n}' for n in range(9_000))} }}", "f")
    assert all(known == {"cpu": "2"} for known in parsed.nodes.values())


def test_a_name_may_be_put_together_of_any_number_of_parts() -> None:
    assert list(read_dot("graph { a" + " + b" * 5_000 + " }", "f").nodes) == ["a" + "b" * 5_000]


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
        (
            "graph { 10.0.0.1 }",
            'line 1, column 13: ".0" follows without a space; expected the whole name in quotes',
        ),
        (
            "graph { web-1 -- b }",
            'line 1, column 12: "-1" follows without a space; expected the whole name in quotes',
        ),
        ("graph { 1a }", 'line 1, column 10: "a" follows without a space; expected the whole name in quotes'),
        (
            "graph { a -- b#1; }",
            'line 1, column 15: found "#", which begins nothing in DOT; '
            "names with such characters stand in quotes",
        ),
        ("graph { a [label=<x <!-- > -->] }", "line 1, column 18: the '<' is never closed"),
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


@pytest.mark.parametrize(
    ("mark", "shape", "says"),
    [("\\N", "", "n"), ("{a|b}", "record", "ab"), ("{", "record", "")],
)
def test_a_default_label_of_any_length_says_no_more_than_a_name_needs(
    mark: str, shape: str, says: str
) -> None:
    said = label_text(Value(mark * 2000), shape, "n" * 3000, "")
    assert len(said) < 2000
    assert set(said) - {" "} == set(says)


def test_comments_of_every_kind_stand_between_words() -> None:
    text = "# a\ngraph { # b\n a/* c */# d\n -- // e\n# f\n/* g *//* h */ b # } \n}"
    assert links(text) == [("a", "b")]
