"""Real servers run the library and users' own classes, and their traces replay to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import ROOT, LiveLab, live_lab
from topowave.algorithms.registry import LIBRARY
from topowave.topology import generate, write_topology

STUDENTS = ROOT / "tests" / "live" / "students.py"
NEEDS_A_TREE = {"tree", "tree-election"}
NEEDS_A_CENTRE = {"polling"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[LiveLab]:
    """A ring of six servers that know three classes of a student, and write a trace."""
    write_topology(generate("ring", nodes=6, seed=1), folder / "ring.json")
    classes = ("MyEcho", "Divider", "Shouter", "Waiter", "Asserter")
    own = [part for name in classes for part in ("-a", f"{STUDENTS}:{name}")]
    options = ["--trace", str(folder / "live.jsonl"), *own]
    quiet: dict[str, Any] = {"rebalance_interval": 0, "wave_timeout": 5}
    with live_lab(folder, folder / "ring.json", *options, **quiet) as running:
        yield running


def run(lab: LiveLab, algorithm: str) -> dict[str, Any]:
    return lab.wave(lab.post("/waves", {"algorithm": algorithm})["wave"])


@pytest.mark.parametrize("algorithm", sorted(LIBRARY.keys() - NEEDS_A_TREE - NEEDS_A_CENTRE))
def test_every_algorithm_that_fits_a_ring_ends_within_its_bound(lab: LiveLab, algorithm: str) -> None:
    wave = run(lab, algorithm)
    assert (wave["state"], wave["missing"], wave["mistakes"]) == ("complete", [], [])
    assert wave["deciders"]
    if wave["bound_kind"] == "exactly":
        assert wave["messages"] == wave["bound"]
    elif wave["bound"] is not None:
        assert 0 < wave["messages"] <= wave["bound"]


@pytest.mark.parametrize("algorithm", sorted(NEEDS_A_TREE | NEEDS_A_CENTRE))
def test_an_algorithm_that_needs_another_network_is_refused_with_the_reason(
    lab: LiveLab, algorithm: str
) -> None:
    answer = lab.http.post(f"{lab.balancer}/waves", json={"algorithm": algorithm})
    assert answer.status_code == 409
    assert " needs " in answer.json()["detail"]


def test_a_students_own_class_runs_on_real_servers(lab: LiveLab) -> None:
    wave = run(lab, "my-echo")
    assert (wave["state"], wave["messages"], wave["deciders"]) == ("complete", 12, ["root"])


def test_a_students_mistake_is_told_with_node_and_line_and_the_lab_lives_on(lab: LiveLab) -> None:
    divider = run(lab, "divider")
    assert divider["state"] == "incomplete"
    told = divider["mistakes"][0]
    assert told.startswith(f"{lab.topology.nodes[3].name}: ")
    assert "ZeroDivisionError" in told
    assert "super().on_message(sender, 1 // (3 - self.id))" in told
    assert "node 77 is no neighbour of node 0" in run(lab, "shouter")["mistakes"][0]
    assert "setting a timer: ValueError" in run(lab, "waiter")["mistakes"][0]
    assert "AssertionError: I expected nobody" in run(lab, "asserter")["mistakes"][0]
    assert run(lab, "echo")["state"] == "complete"


def test_a_live_trace_replays_without_a_difference(lab: LiveLab, folder: Path) -> None:
    waves = [run(lab, algorithm)["id"] for algorithm in ("echo", "finn-full", "my-echo", "chang-roberts")]
    last = run(lab, "echo")["id"]  # waves are written one after the other: what came before this one is whole
    text = lab.until(lambda: (folder / "live.jsonl").read_text("utf-8"), lambda text: f'"{last}"' in text)
    lines = text[: text.rindex("\n")].splitlines()
    kept = [line for line in lines[1:] if json.loads(line)["wave"] in waves]
    (folder / "four.jsonl").write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")
    command = [sys.executable, "-m", "topowave", "replay", str(folder / "four.jsonl"), "--json"]
    for own in ([], ["--algorithm", f"{STUDENTS}:MyEcho"]):
        done = subprocess.run(
            [*command, *own], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)
        assert (found["reproduced"], found["waves"], found["differences"]) == (True, 4, [])
