"""All formats through one door: round trips, damage, and real networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import ROOT, ZOO, node, topologies
from topowave.topology.formats.registry import FORMATS
from topowave.topology.generators.generate import generate
from topowave.topology.model import Topology
from topowave.topology.network_files import (
    format_of,
    import_network,
    network_text,
    read_network,
    write_network,
)
from topowave.topology.problems import Problems

ENDINGS = [ending for each in FORMATS.values() for ending in each.endings]
NETWORKS = sorted(ZOO.glob("*.graphml"))
ODD = ROOT / "tests" / "data" / "networks"
"""Small files as strangers write them; each is named after what is odd about it."""
LAB = Topology.from_json(
    {**node("root", 1, node("a b", 2, role="hub", link_delay=1.5), node("ç", 3, launch=False)),
     "links": [["a b", "ç"]]}
)  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.slow
@given(topology=topologies(), ending=st.sampled_from(ENDINGS))
@settings(deadline=None, max_examples=200)
def test_what_is_exported_is_read_back_equal(folder: Path, topology: Topology, ending: str) -> None:
    path = folder / f"net{ending}"
    write_network(topology, path)
    imported = import_network(path)
    assert imported.topology == topology
    assert imported.notes == ()


@pytest.mark.parametrize("format", FORMATS)
def test_generated_networks_survive_every_format(folder: Path, format: str) -> None:
    for shape in ("course", "grid", "scale-free"):
        made = generate(shape, nodes=40, seed=3)
        write_network(made, folder / "net", format=format)
        assert import_network(folder / "net", format=format).topology == made


@given(
    format=st.sampled_from([name for name in FORMATS if name != "topology"]),
    cut=st.integers(0, 2000),
    length=st.integers(0, 12),
    put=st.binary(max_size=4)
    | st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"<", b">", b"&", b"\t", b"\n"]),
)
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_is_read_or_refused_in_words(
    folder: Path, format: str, cut: int, length: int, put: bytes
) -> None:
    good = network_text(LAB, format).encode()
    cut %= len(good)
    path = folder / "damaged"
    path.write_bytes(good[:cut] + put + good[cut + length :])
    problems: tuple[str, ...] = (f"{path}: good",)
    try:
        read = import_network(path, format=format).topology
    except Problems as error:
        problems = error.problems
    else:
        assert Topology.from_json(read.to_json()) == read
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in problems)


SEEN = {
    "comma-space-weight.edges": "lake-river lake-sea",
    "comma-space.edges": "lake-river lake-sea river-sea",
    "semicolon-space.edges": "lake-river lake-sea river-sea",
    "dot-html-label.dot": "front desk-main gate",
    "dot-label-N-two-lines.dot": "desk 10.0.0.2-gate 10.0.0.1",
    "dot-label-N.dot": "front desk-gate gate-vault",
    "dot-record-label.dot": "desk drawer-gate door",
    "dot-some-labels.dot": "desk-main gate desk-vault",
    "gml-parallel-comment.gml": "desk-gate desk-vault",
    "label-hides-names.gml": "Main gate-desk desk-vault",
}
"""The links of files that strangers write; those not named here have the same three nodes in a row."""


@pytest.mark.parametrize("path", sorted(ODD.iterdir()), ids=lambda path: path.name)
def test_what_strangers_write_is_read_as_they_mean_it(path: Path) -> None:
    topology = read_network(path)
    links = " ".join(sorted("-".join(sorted(link)) for link in topology.links))
    assert links == SEEN.get(path.name, "desk-gate desk-vault")


@pytest.mark.parametrize("path", [*NETWORKS, *sorted(ODD.iterdir())], ids=lambda path: path.name)
def test_a_network_from_elsewhere_stays_equal_through_every_format(path: Path, folder: Path) -> None:
    made = read_network(path)
    for name in FORMATS:
        write_network(made, folder / "again", format=name)
        made_again = import_network(folder / "again", format=name)
        assert made_again.topology == made
        assert made_again.notes == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.dot", "graph { a -- é }"),
        ("a.gml", 'graph [ node [ id 1 label "é" ] node [ id 2 ] edge [ source 1 target 2 ] ]'),
        (
            "a.graphml",
            '<graphml><graph><node id="é"/><node id="b"/><edge source="b" target="é"/></graph></graphml>',
        ),
        ("a.edges", "a é"),
    ],
)
def test_a_file_in_latin_1_is_read_with_a_note(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    imported = import_network(tmp_path / name)
    assert "é" in {each.name for each in imported.topology.nodes}
    assert imported.notes[0] == "line 1 is not UTF-8: the file was read as Latin-1"


def test_the_format_follows_from_the_ending_in_any_case() -> None:
    assert format_of("a/LAB.GraphML") == "graphml"
    assert format_of("lab.json") == "topology"
    assert format_of("lab.node-link.json") == "node-link"
    assert format_of("lab.json", "node-link") == "node-link"


def test_an_unknown_format_or_ending_is_told() -> None:
    with pytest.raises(
        Problems, match=r"lab.csv: the format does not follow from the file's name; expected .*\.graphml"
    ):
        format_of("lab.csv")
    with pytest.raises(Problems, match='there is no format "grapml"; did you mean "graphml"'):
        format_of("lab", "grapml")


def test_node_link_data_is_known_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(network_text(LAB, "node-link"), encoding="utf-8")
    assert read_network(tmp_path / "net.json") == LAB


def test_a_topology_can_get_another_root_and_other_ports(tmp_path: Path) -> None:
    write_network(LAB, tmp_path / "t.json")
    assert import_network(tmp_path / "t.json", root="root").topology == LAB
    turned = read_network(tmp_path / "t.json", root="ç", base_port=9000)
    assert [(each.name, each.port) for each in turned.nodes] == [("ç", 9000), ("root", 9001), ("a b", 9002)]


def test_a_graph_of_networkx_becomes_a_topology() -> None:
    graph: nx.Graph[object] = nx.Graph([(1, 2), (2, 3)], name="mine")
    graph.add_node(2, port=9000, cpu=8, label="not a name here")
    graph.add_node(1, port=9001)
    graph.add_node(3, port=9002)
    topology = read_network(graph)
    assert [(each.name, each.port, each.cpu) for each in topology.nodes] == [
        ("2", 9000, 8), ("1", 9001, 4), ("3", 9002, 4)
    ]  # fmt: skip
    assert read_network(graph, root="3", base_port=7000).root.port == 7000
    graph.add_node("alone")
    with pytest.raises(Problems) as caught:
        read_network(graph)
    assert str(caught.value) == (
        "mine: the network is in 2 pieces of 3, 1 nodes; expected one piece (largest=True takes the largest)"
    )
    assert len(read_network(graph, largest=True).nodes) == 3
    assert len(read_network(nx.DiGraph([(1, 2), (2, 1)])).links) == 1


def test_bad_bytes_are_told_in_every_format(tmp_path: Path) -> None:
    for name in FORMATS:
        (tmp_path / "bad").write_bytes(b"\xff\xfe")
        with pytest.raises(Problems, match=r"bad: not (UTF-8|GraphML)"):
            import_network(tmp_path / "bad", format=name)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_real_network_is_read_whole_and_every_link_is_accounted_for(path: Path) -> None:
    imported = import_network(path)
    topology = imported.topology
    text = path.read_text(encoding="utf-8")
    counted = [re.match(r"(\d+) (parallel link|link)s? ", note) for note in imported.notes]
    dropped = sum(int(match[1]) for match in counted if match)
    assert len(topology.nodes) == text.count("<node ")
    assert len(topology.links) + dropped == text.count("<edge ")
    graph: nx.Graph[str] = nx.Graph(nx.read_graphml(path))
    degrees = sorted(len(topology.neighbors(each.name)) for each in topology.nodes)
    assert degrees == sorted(degree for _, degree in graph.degree())
    assert Topology.from_json(topology.to_json()) == topology
