"""topology.json on disk."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import ROOT, node, topologies
from topowave.topology import files
from topowave.topology.files import (
    decoded_leniently,
    read_text,
    read_topology,
    topology_text,
    write_text,
    write_topology,
)
from topowave.topology.generators.generate import generate
from topowave.topology.json_lines import parse_json
from topowave.topology.limits import MAX_DEPTH
from topowave.topology.model import Topology, checked
from topowave.topology.network_files import import_network
from topowave.topology.problems import ProblemList, Problems

GOOD = json.dumps(
    {**node("root", 8000, node("a", 8001), node("b", 8002)), "links": [["a", "b"]]}, indent=1
).encode()


def refused(path: Path) -> tuple[str, ...]:
    with pytest.raises(Problems) as caught:
        read_topology(path)
    return caught.value.problems


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_what_is_written_is_read_back_equal(topology: Topology) -> None:
    text = topology_text(topology)
    assert checked(parse_json(text, "").data, ProblemList("")) == topology


@pytest.mark.slow
@given(topologies())
@settings(deadline=None)
def test_the_text_is_what_the_standard_library_reads_and_nearly_what_it_writes(topology: Topology) -> None:
    text = topology_text(topology)
    assert json.loads(text) == topology.to_json()
    if topology.is_tree and not any(
        node.executor.roles for node in topology.nodes
    ):  # lists have one line here
        assert text == json.dumps(topology.to_json(), indent=2, ensure_ascii=False) + "\n"


def test_each_link_has_a_line_of_its_own() -> None:
    topology = Topology.from_json({**node("root", 1, node("a", 2), node("b", 3)), "links": [["a", "b"]]})
    assert topology_text(topology).endswith('  ],\n  "links": [\n    ["a", "b"]\n  ]\n}\n')


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    made = generate("grid", nodes=30, seed=5)
    write_topology(made, tmp_path / "t.json")
    assert read_topology(tmp_path / "t.json") == made
    assert [each.name for each in tmp_path.iterdir()] == ["t.json"]


def test_the_default_topology_is_a_course_tree_that_the_generator_makes_again() -> None:
    assert read_topology(ROOT / "topology.json") == generate("course", seed=58)
    assert (ROOT / "topology.json").read_text(encoding="utf-8") == topology_text(generate("course", seed=58))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty; expected JSON"),
        (b'{"name": "r\xff"}', "not UTF-8: byte 0xff at position 11 (line 1)"),
        (b'\xef\xbb\xbf{"a":\n "\xe4"}', "not UTF-8: byte 0xe4 at position 11 (line 2)"),
        ("[]".encode("utf-16"), "not UTF-8: byte 0xff at position 0 (line 1)"),
        (b"{]", "not JSON: line 1, column 2: expected a key in double quotes, found \"]\""),
        (b'{"name": "r", "port": 1, "cpu": NaN}',
         'not JSON: line 1, column 33: expected a value, found "NaN", which is not JSON'),
        (b'{"name": "r",\n "port": 1,\n "name": "s", "cpu": 1}',
         "name: the key appears twice (line 3, first in line 1)"),
        (b'{"name": "r", "port": 1,\n "cpu": true}',
         "cpu: true is not a number of cores; expected an integer from 1 to 1000000 (line 2)"),
        (b'{"name": "r", "port": 1, "cpu": 1,\n "children": [\n{"name": "r", "port": 2, "cpu": 1}]}',
         'children[0].name: "r" is taken by name in line 1; every node needs a name of its own (line 3)'),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_with_name_place_and_line(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(content)
    assert refused(path) == (f"{path}: {problem}",)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_bytes(b"\xef\xbb\xbf" + GOOD)
    assert len(read_topology(tmp_path / "t.json").nodes) == 3


def test_what_is_no_readable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path / "none.json") == (f"{tmp_path}/none.json: there is no such file",)
    assert refused(tmp_path) == (f"{tmp_path}: is a directory; expected a file",)
    (tmp_path / "file").touch()
    assert refused(tmp_path / "file" / "t.json") == (
        f"{tmp_path}/file/t.json: cannot be read: Not a directory",
    )
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert refused(loop) == (f"{loop}: cannot be read: Too many levels of symbolic links",)
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    (tmp_path / "t.json").write_bytes(GOOD)
    assert refused(tmp_path / "t.json") == (f"{tmp_path}/t.json: is larger than the limit of 10 bytes",)


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        (
            "net.graphml.gz",
            gzip.compress(b"<graphml/>", mtime=0),
            "is compressed by gzip; unpack it first: gzip -dc {} > net.graphml",
        ),
        (
            "net.json",
            gzip.compress(b"{}", mtime=0),
            "is compressed by gzip; unpack it first: gzip -dc {} > plain-net.json",
        ),
        (
            "net.gml.bz2",
            bz2.compress(b"graph []"),
            "is compressed by bzip2; unpack it first: bzip2 -dc {} > net.gml",
        ),
        (
            "net.dot.xz",
            lzma.compress(b"graph {}"),
            "is compressed by xz; unpack it first: xz -dc {} > net.dot",
        ),
        ("a.graphml", b"PK\x03\x04...", "is a zip archive; unpack it first and name the file inside"),
    ],
)
def test_a_compressed_file_is_told_with_how_to_unpack_it(
    tmp_path: Path, name: str, start: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(start)
    for read in (read_topology, import_network):
        with pytest.raises(Problems) as caught:
            read(path)
        assert str(caught.value) == f"{path}: {said.format(path)}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_bytes(GOOD)
    (tmp_path / "t.json").chmod(0)
    assert refused(tmp_path / "t.json") == (f"{tmp_path}/t.json: cannot be read: Permission denied",)


def test_a_path_with_a_null_character_is_told() -> None:
    with pytest.raises(Problems, match="cannot be read"):
        read_text("a\0b")


def test_an_endless_file_is_refused() -> None:
    assert refused(Path("/dev/zero")) == ("/dev/zero: is larger than the limit of 33554432 bytes",)


@example(cut=0, length=len(GOOD), put=b"")
@given(st.integers(0, len(GOOD)), st.integers(0, 8), st.binary(max_size=6) | st.sampled_from(b'{}[]",:0'))
@settings(deadline=None, max_examples=300)
def test_a_damaged_file_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, cut: int, length: int, put: bytes | int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    patch = bytes([put]) if isinstance(put, int) else put
    path.write_bytes(GOOD[:cut] + patch + GOOD[cut + length :])
    problems: tuple[str, ...] = (f"{path}: good",)
    try:
        read_topology(path)
    except Problems as error:
        problems = error.problems
    assert problems
    assert all(line.startswith(f"{path}: ") and line.isprintable() for line in problems)


def test_writing_replaces_at_once_and_keeps_the_permissions(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    write_text("new", path)
    assert path.read_text(encoding="utf-8") == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text("new", tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_writing_through_a_symbolic_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_text("gone", "/dev/null")
    assert Path("/dev/null").is_char_device()


def test_what_is_too_large_to_be_read_back_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    with pytest.raises(Problems, match="would be larger than the limit of 10 bytes"):
        write_text("x" * 11, tmp_path / "t.json")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="is a directory; expected a file"):
        write_text("x", tmp_path)
    with pytest.raises(Problems, match="cannot be written: No such file or directory"):
        write_text("x", tmp_path / "none" / "t.json")
    with pytest.raises(Problems, match="cannot be written"):
        write_text("\ud800", tmp_path / "t.json")
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    deep = generate("path", nodes=MAX_DEPTH + 2, seed=1)
    with pytest.raises(Problems) as caught:
        write_topology(deep, tmp_path / "t.json")
    assert caught.value.problems == (
        f"{tmp_path}/t.json: the network has 401 levels below the root; a file holds at most 400",
    )
    large = generate("star", nodes=10_001, seed=1)
    with pytest.raises(Problems, match="the network has 10001 nodes; a file holds at most 10000"):
        topology_text(large)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("aé\n", "aé\n"),
        ("\ufeffaé", "aé"),
    ],
)
def test_a_file_in_utf_8_is_read_without_a_note(data: str, text: str) -> None:
    assert decoded_leniently(data.encode(), "f") == (text, [])


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\n\xe9", "a\né"),
        (b"\n\x93\xe9\x94", "\n“é”"),
        (b"\r\n\x81\xe9", "\r\n\x81é"),
        (b"a\n\xe9\x1a", "a\né\x1a"),
    ],
)
def test_a_file_in_latin_1_is_read_as_windows_writes_it(data: bytes, text: str) -> None:
    assert decoded_leniently(data, "f") == (text, ["line 2 is not UTF-8: the file was read as Latin-1"])


@pytest.mark.parametrize("data", [b"\xff\xfea\0", b"\xfe\xff", b"\x89PNG\r\n\x1a\n\0", b"\xe9\x1b[31m"])
def test_what_is_no_text_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(Problems, match=r"f: not UTF-8: byte 0x.. at position 0 \(line 1\)"):
        decoded_leniently(data, "f")
