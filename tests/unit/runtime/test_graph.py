from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from topowave.algorithms import Network
from topowave.runtime.graph import Graph, Numbered, RowView, read_graph
from topowave.runtime.network import TooLargeError
from topowave.topology import Problems, generate, write_topology
from topowave.topology.problems import InPieces


def test_a_topologys_nodes_keep_their_names_numbers_and_neighbours() -> None:
    topology = generate("random", nodes=30, seed=4)
    graph = Graph.of(topology)
    assert [*graph.names] == [node.name for node in topology.nodes]
    for node in topology.nodes:
        row = graph.rows[graph.number(node.name)]
        assert tuple(graph.names[other] for other in row) == topology.neighbors(node.name)
    assert (graph.nodes, graph.links) == (30, len(topology.links))


def test_a_file_is_a_network(tmp_path: Path) -> None:
    topology = generate("binary", nodes=7, seed=1)
    write_topology(topology, tmp_path / "net.json")
    graph = read_graph(str(tmp_path / "net.json"))
    assert graph.title == "net.json"
    assert graph.topology == topology


def test_a_shape_is_a_network_whose_seed_is_0_by_default() -> None:
    assert read_graph("tree:9").topology == read_graph("tree:9:0").topology != read_graph("tree:9:1").topology


def test_a_large_shape_has_numbered_nodes() -> None:
    graph = read_graph("ring:10001")
    assert (graph.nodes, graph.links, graph.topology) == (10_001, 10_001, None)
    assert (graph.number("root"), graph.number("n10000"), graph.names[3]) == (0, 10_000, "n3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing.json", "nothing.json"),
        ("rnig:9", "neither a file nor"),
        ("ring:x", "whole numbers"),
        ("ring:5:1:2", "whole numbers"),
        ("ring:2", "too few"),
        ("hypercube:5", "power of two"),
        ("hypercube:20000", "power of two"),
        ("caterpillar:20000", "can only be had of"),
        ("star:99999999", "at most"),
        ("sparse:0", "at least 1"),
    ],
)
def test_what_is_no_network_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Problems, match=said):
        read_graph(text)


def test_an_unknown_node_is_refused_by_name() -> None:
    for network in ("ring:5", "ring:10001"):
        with pytest.raises(Problems, match="there is no node 'nobody'"):
            Graph.of(network).number("nobody")


def test_an_arc_lies_where_its_target_is() -> None:
    graph = Graph.of("grid:12")
    for node in range(12):
        for other in graph.rows[node]:
            assert graph.targets[graph.arc(node, other)] == other
    with pytest.raises(ValueError, match="not in"):
        graph.arc(0, 11)


def test_a_tree_view_goes_from_parent_to_child() -> None:
    network = Graph.of("binary:7:1").network("tree")
    assert [len(out) for out in network.out] == [2, 2, 0, 0, 2, 0, 0]


def test_a_network_without_a_topology_has_a_breadth_first_tree() -> None:
    square = Network.from_links(4, [(0, 1), (1, 2), (2, 3), (3, 0)])
    network = Graph.of(square).network("tree")
    assert network.out == [[1, 3], [2], [], []]


def test_links_may_work_in_one_direction_only() -> None:
    graph = Graph.of(Network.from_arcs(3, [(0, 1), (1, 2), (2, 1)]))
    assert (graph.undirected, graph.arcs, graph.links) == (False, 3, 2)
    assert [*graph.into] == [[], [0, 2], [1]]
    assert graph.joined(1, 0)
    assert not graph.joined(0, 2)
    network = graph.network("links")
    assert ([*network.out], [*network.into]) == ([(1,), (2,), (1,)], [[], [0, 2], [1]])
    assert [*graph.network("tree").out] == [(1,), (2,), (1,)]


def test_a_graph_of_networkx_is_a_network_in_its_own_order() -> None:
    given: nx.MultiGraph[object] = nx.MultiGraph([("b", 1), (1, "b"), (1, 1), (1, (2, 3))], name="mine")
    graph = Graph.of(given)
    assert ([*graph.names], graph.title) == (["b", "1", "(2, 3)"], "mine")
    assert [*graph.rows] == [(1,), (0, 2), (1,)]
    assert graph.undirected
    directed = Graph.of(nx.DiGraph([(0, 1), (1, 2), (2, 0)]))
    assert (directed.undirected, directed.title) == (False, "DiGraph")
    assert [*directed.network("links").into] == [[2], [0], [1]]
    assert Graph.of(nx.DiGraph([(0, 1), (1, 0)])).undirected


def test_a_graph_of_networkx_whose_nodes_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(Problems, match="Graph: the network has no nodes"):
        Graph.of(nx.Graph())
    with pytest.raises(Problems, match="two nodes are written '1'; expected names of their own"):
        Graph.of(nx.Graph([(1, "1")]))
    assert [*Graph.of(nx.Graph([("a\x1b[31m", "b")])).names] == ["a [31m", "b"]


def test_the_largest_piece_of_a_file_may_be_taken_and_what_changed_is_noted(tmp_path: Path) -> None:
    (tmp_path / "net.edges").write_text("a b\nb a\nc d\nd e\n")
    with pytest.raises(InPieces, match=r"in 2 pieces of 3, 2 nodes; expected one piece$"):
        read_graph(str(tmp_path / "net.edges"))
    graph = read_graph(str(tmp_path / "net.edges"), largest=True)
    assert sorted(graph.names) == ["c", "d", "e"]
    assert graph.notes == ("1 parallel link merged", "the largest of 2 pieces taken: 3 of 5 nodes")


def test_the_diameter_of_a_large_network_is_not_computed() -> None:
    with pytest.raises(TooLargeError):
        _ = Graph.of("ring:4000").network("links").diameter
    assert Graph.of("ring:100").network("links").diameter == 50


def test_rows_and_names_are_sequences() -> None:
    graph = Graph.of("path:4")
    rows = graph.rows
    assert isinstance(rows, RowView)
    assert [*rows] == [rows[0], rows[1], rows[2], rows[-1]] == rows[:]
    names = Numbered(3)
    assert ([*names], names[-1], names[1:]) == (["root", "n1", "n2"], "n2", ["n1", "n2"])
    for sequence in (rows, names):
        with pytest.raises(IndexError):
            _ = sequence[4]
    with pytest.raises(ValueError, match="not a name"):
        names.index("n0")
