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

from tests.unit.topology.strategies import ZOO, node, topologies
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
LAB = Topology.from_json(
    {**node("root", 1, node("a b", 2, role="hub", link_delay=1.5), node("ç", 3, launch=False)),
     "links": [["a b", "ç"]]}
)  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


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
