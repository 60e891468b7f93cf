"""What becomes of a network from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import topologies
from topowave.topology.formats.normalize import normalize
from topowave.topology.formats.parsed_graph import Key, ParsedGraph, to_parsed_graph
from topowave.topology.limits import MAX_NODES
from topowave.topology.model import Topology
from topowave.topology.problems import Problems


def network(
    links: str, nodes: dict[Key, dict[str, Any]] | None = None, *, directed: bool = False
) -> ParsedGraph:
    """A network from links such as "ab bc"."""
    known: dict[Key, dict[str, Any]] = dict(nodes or {})
    for link in links.split():
        for end in link:
            known.setdefault(end, {})
    return ParsedGraph(known, [(link[0], link[1]) for link in links.split()], directed)


def refused(parsed: ParsedGraph, **options: Any) -> str:
    with pytest.raises(Problems) as caught:
        normalize(parsed, "net", **options)
    (line,) = caught.value.problems
    return line


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_a_topology_described_by_attributes_comes_back_equal_and_unchanged(topology: Topology) -> None:
    imported = normalize(to_parsed_graph(topology), "")
    assert imported.topology == topology
    assert imported.notes == ()


@pytest.mark.slow
@given(topologies(), st.data())
@settings(deadline=None)
def test_any_node_may_become_the_root_and_nothing_else_changes(
    topology: Topology, data: st.DataObject
) -> None:
    root = data.draw(st.sampled_from(topology.nodes)).name
    turned = normalize(to_parsed_graph(topology), "", root=root).topology
    assert turned.root.name == root
    assert {frozenset(link) for link in turned.links} == {frozenset(link) for link in topology.links}
    assert {(n.name, n.port, n.cpu) for n in turned.nodes} == {
        (n.name, n.port, n.cpu) for n in topology.nodes
    }


def test_parallel_links_are_merged_loops_dropped_and_both_counted() -> None:
    imported = normalize(network("ab ba ab bb cc bc", {key: {"cpu": 1} for key in "abc"}), "")
    assert imported.topology.links == (("b", "a"), ("b", "c"))
    assert imported.notes == ("2 parallel links merged", "2 links from a node to itself dropped")


def test_direction_is_dropped_and_said() -> None:
    imported = normalize(network("ab", {key: {"cpu": 1} for key in "ab"}, directed=True), "")
    assert imported.notes == ("the links' direction was dropped: all links of a topology lead both ways",)


def test_a_network_in_pieces_is_refused_with_the_pieces_counted() -> None:
    assert refused(network("ab cd de fg", {"z": {}})) == (
        "net: the network is in 4 pieces of 3, 2, 2, 1 nodes; expected one piece"
    )


def test_many_pieces_are_not_all_listed() -> None:
    assert "in 20 pieces of 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... nodes" in refused(
        ParsedGraph({number: {} for number in range(20)})
    )


def test_the_largest_piece_may_be_taken_and_the_first_of_equals_is() -> None:
    imported = normalize(network("ab cd de fg gh"), "", largest=True)
    assert {node.name for node in imported.topology.nodes} == set("cde")
    assert imported.notes[0] == "the largest of 3 pieces taken: 3 of 8 nodes"


def test_no_nodes_or_too_many_are_refused() -> None:
    assert refused(ParsedGraph()) == "net: the network has no nodes"
    many = ParsedGraph({number: {} for number in range(MAX_NODES + 1)})
    assert refused(many) == "net: the network has 10001 nodes; at most 10000 are taken"


def test_a_network_that_is_too_deep_is_refused() -> None:
    line = ParsedGraph({n: {} for n in range(500)}, [(n, n + 1) for n in range(499)])
    assert (
        refused(line, root="0") == "net: the network has 499 levels below the root; a file holds at most 400"
    )
    assert len(normalize(line, "", root="250").topology.nodes) == 500


def test_the_node_with_the_most_links_is_the_root_unless_one_is_chosen() -> None:
    parsed = network("ab bc bd de", {key: {"label": f"node {key}"} for key in "abcde"})
    assert normalize(parsed, "").topology.root.name == "node b"
    assert normalize(parsed, "", root="node d").topology.root.name == "node d"
    assert normalize(parsed, "", root="e").topology.root.name == "node e"
    assert refused(parsed, root="node x").startswith(
        'net: there is no node "node x" for a root; did you mean "node '
    )


def test_ports_of_the_file_are_kept_if_all_are_good() -> None:
    ports: dict[Key, dict[str, Any]] = {"a": {"port": 9}, "b": {"port": "7"}, "c": {"port": 8.0}}
    parsed = network("ab ac", ports)
    assert [node.port for node in normalize(parsed, "").topology.nodes] == [9, 7, 8]
    assert [node.port for node in normalize(parsed, "", base_port=50).topology.nodes] == [50, 51, 52]


@pytest.mark.parametrize("port", [9, 0, 70000, True, "x", None, "9" * 30])
def test_ports_of_the_file_are_given_anew_if_one_is_not_good(port: object) -> None:
    imported = normalize(network("ab", {"a": {"port": 9, "cpu": 1}, "b": {"port": port, "cpu": 1}}), "")
    assert [node.port for node in imported.topology.nodes] == [8000, 8001]
    assert imported.notes == (
        "the file's ports are not usable (missing, out of range or repeated): given anew",
    )


def test_numbers_may_be_texts_as_some_formats_write_them() -> None:
    parsed = network("ab", {"a": {"port": " 9 ", "cpu": "8.0"}, "b": {"port": "7.000", "cpu": "2.5"}})
    imported = normalize(parsed, "").topology
    assert [(node.port, node.cpu) for node in imported.nodes] == [(9, 8), (7, 4)]


def test_what_the_reader_noted_comes_first() -> None:
    parsed = network("ab ba")
    parsed.notes.append("line 7 was odd")
    assert normalize(parsed, "").notes[:2] == ("line 7 was odd", "1 parallel link merged")


def test_ports_that_do_not_fit_are_refused() -> None:
    assert refused(network("ab"), base_port=65535) == (
        "net: 2 nodes do not fit from port 65535 upwards; the last port is 65535"
    )
    assert "do not fit from port 0" in refused(network("ab"), base_port=0)


def test_nodes_without_a_good_cpu_get_four_and_are_counted() -> None:
    imported = normalize(network("ab ac", {"a": {"cpu": 8}, "b": {"cpu": "2"}, "c": {"cpu": "Xeon"}}), "")
    assert [node.cpu for node in imported.topology.nodes] == [8, 2, 4]
    assert imported.notes == ("1 node without a usable cpu got cpu 4",)


def test_odd_attributes_of_other_programs_do_no_harm() -> None:
    odd: dict[Key, dict[str, Any]] = {
        "a": {"role": 7, "launch": "yes", "link_delay": "slow", "parent": "b", "cpu": 1},
        "b": {"role": "", "launch": None, "link_delay": -4.0, "parent": "a", "cpu": 1},
        "c": {"role": "hub", "launch": "False", "link_delay": "2.5", "parent": "zz", "cpu": 1},
    }
    a, b, c = normalize(network("ab ac", odd), "").topology.nodes
    assert (a.role, b.role, c.role) == ("root", "leaf", "hub")
    assert (a.launch, b.launch, c.launch) == (True, True, False)
    assert (a.link_delay, b.link_delay, c.link_delay) == (None, None, 2.5)


def test_parents_that_make_no_tree_are_passed_over() -> None:
    ring: dict[Key, dict[str, Any]] = {
        "a": {"parent": "b"},
        "b": {"parent": "c"},
        "c": {"parent": "a"},
        "d": {},
    }
    topology = normalize(network("ab bc ca ad", ring), "").topology
    assert topology.root.name == "a"
    assert set(topology.root.children) == {"b", "c", "d"}
