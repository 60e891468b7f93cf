"""A network that somebody draws: read from a file of any format, generated, and given back as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from topowave.sessions.answering import Answering
from topowave.sessions.limits import DRAWN_NODES
from topowave.topology import generate, read_topology
from topowave.topology.files import topology_text
from topowave.topology.formats.registry import FORMATS
from topowave.topology.network_files import network_text

Frame = dict[str, Any]


def asked(**fields: object) -> Frame:
    answer = Answering(5.0, lambda: None).answer(json.dumps({"id": 1, "do": "network", **fields}).encode())
    found: Frame = json.loads(answer)
    return found


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_every_format_comes_back_as_topology_json_without_a_session(name: str) -> None:
    drawn = generate("ring", nodes=6, seed=4)
    file = {"name": f"ring{FORMATS[name].endings[0]}", "text": network_text(drawn, name)}
    answer = asked(network=file)
    assert (answer["text"], answer["notes"], answer["at"]) == (topology_text(drawn), [], 0)


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_drawn_is_written_in_every_format_and_read_back_equal(name: str) -> None:
    drawn = topology_text(generate("grid", nodes=6, seed=1))
    answer = asked(network={"name": "topology.json", "text": drawn}, format=name)
    back = asked(network={"name": f"back{FORMATS[name].endings[0]}", "text": answer["text"]})
    assert back["text"] == drawn


def test_a_generated_network_is_the_one_that_the_command_line_has(folder: Path) -> None:
    answer = asked(network="binary:7:3")
    (folder / "made.json").write_text(answer["text"], "utf-8")
    assert read_topology("made.json") == generate("binary", nodes=7, seed=3)


def test_every_problem_of_a_file_is_told_with_its_place() -> None:
    wrong = '{"name": "root", "port": 8000, "cpu": 0,\n "children": [{"name": "root", "prot": 1, "cpu": 2}]}'
    problems = asked(network={"name": "topology.json", "text": wrong})["problems"]
    assert problems[0].startswith("topology.json: cpu: 0 is not a number of cores")
    assert any("children[0].prot: unknown key" in each and "(line 2)" in each for each in problems)


def test_of_a_network_in_pieces_the_largest_is_taken_where_that_is_chosen() -> None:
    file = {"name": "pieces.edges", "text": "a b\nb c\nd e\n"}
    assert "largest piece" in asked(network=file)["problems"][0]
    taken = asked(network=file, largest=True)
    assert any("the largest of 2 pieces" in each for each in taken["notes"])
    assert '"d"' not in taken["text"]


def test_notes_are_said_in_the_language_of_the_page() -> None:
    file = {"name": "loop.edges", "text": "a b\nb b\n"}
    english, german = (asked(network=file, language=language)["notes"] for language in ("en", "de"))
    assert len(english) == len(german) > 0
    assert not {*english} & {*german}


@pytest.mark.parametrize("network", [f"star:{DRAWN_NODES + 1}", "star:200000"])
def test_a_network_that_is_too_large_to_be_drawn_is_refused(network: str) -> None:
    assert f"at most {DRAWN_NODES}" in asked(network=network)["problems"][0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"network": "/etc/hostname"}, "is not SHAPE:N"),
        ({"network": {"name": "../x.json", "text": "{}"}}, "no name of a file"),
        ({"network": {"name": "x.pdf", "text": "?"}}, "the format does not follow"),
        ({"network": "ring:5", "format": "visio"}, "there is no format"),
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(fields: Frame, said: str) -> None:
    (problem,) = asked(**fields)["problems"]
    assert said in problem
