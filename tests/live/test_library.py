"""Real servers run the library and users' own classes, and their traces replay to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.students import Quitter
from tests.support.live_lab import PATIENT, ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S
from topowave.algorithms.registry import LIBRARY
from topowave.runtime import load_algorithm
from topowave.simulator import simulate
from topowave.topology import generate, write_topology

STUDENTS = ROOT / "tests" / "live" / "students.py"
NEEDS_A_TREE = {"tree", "tree-election"}
NEEDS_A_CENTRE = {"polling"}
JUDGED = {
    "Hasty": "has no event before node root's decide",
    "Twice": "node root decided more than once",
    "Undecided": "no node decided",
}
"""Classes of students whose waves are wrong, and what shows it."""
MISTAKES = {
    "Leaver": ("root: Leaver, starting: SystemExit: 3 (", "raise SystemExit(3)"),
    "Interrupter": ("root: Interrupter, starting: KeyboardInterrupt (", "raise KeyboardInterrupt"),
    "Opaque": ("a message that is not plain data", "self.send_all(self.neighbors, object())"),
    "Flood": ("a message of 5,000,002 bytes; at most ", 'self.send_all(self.neighbors, "x" * 5_000_000)'),
    "EarlySender": ("root: EarlySender, setting up: `setup` only makes the initial state", ""),
    "Failing": ("root: Failing, setting up: ZeroDivisionError", "self.share = 1 // self.id"),
    "Recursive": ("root: Recursive, starting: RecursionError", "return getattr(self, name)"),
}
"""Classes of students that do what none may do: what is told of it, and the line."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[LiveLab]:
    """A ring of six servers that know some classes of a student, and write a trace."""
    write_topology(generate("ring", nodes=6, seed=1), folder / "ring.json")
    classes = ("MyEcho", "Walker", "Quitter", "Divider", "Shouter", "Waiter", "Asserter", *JUDGED, *MISTAKES)
    own = [part for name in classes for part in ("-a", f"{STUDENTS}:{name}")]
    options = ["--trace", str(folder / "live.jsonl"), *own]
    quiet: dict[str, Any] = PATIENT | {
        "rebalance_interval": 0,
        "wave_timeout": 10,
    }
    with live_lab(folder, folder / "ring.json", *options, **quiet) as running:
        yield running


def run(lab: LiveLab, algorithm: str) -> dict[str, Any]:
    return lab.wave(lab.post("/waves", {"algorithm": algorithm})["wave"])


def replay(lab: LiveLab, folder: Path, waves: list[str], own: list[str]) -> subprocess.CompletedProcess[str]:
    """Let the command replay some waves of the lab's trace."""
    last = run(lab, "echo")["id"]  # waves are written one after the other: what came before this one is whole
    text = lab.until(lambda: (folder / "live.jsonl").read_text("utf-8"), lambda text: f'"{last}"' in text)
    lines = text[: text.rindex("\n")].splitlines()
    kept = [line for line in lines[1:] if json.loads(line)["wave"] in waves]
    (folder / "some.jsonl").write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")
    command = [sys.executable, "-m", "topowave", "replay", str(folder / "some.jsonl"), "--json", *own]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


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
    assert divider["state"] == "wrong"
    told = divider["mistakes"][0]
    assert told.startswith(f"{lab.topology.nodes[3].name}: ")
    assert "ZeroDivisionError" in told
    assert "super().on_message(sender, 1 // (3 - self.id))" in told
    assert "a message to node 77, which is not among its out-neighbours" in run(lab, "shouter")["mistakes"][0]
    assert "a timer's delay is a number from 0 to" in run(lab, "waiter")["mistakes"][0]
    assert "AssertionError: I expected nobody" in run(lab, "asserter")["mistakes"][0]
    assert run(lab, "echo")["state"] == "complete"


@pytest.mark.parametrize("name", MISTAKES)
def test_what_no_class_may_do_ends_the_wave_and_is_told_as_in_the_simulator(lab: LiveLab, name: str) -> None:
    pids = [lab.pid(node.name) for node in lab.topology.nodes]
    algorithm = "early-sender" if name == "EarlySender" else name.lower()
    wave = run(lab, algorithm)
    assert wave["state"] == "wrong"
    problem, line = MISTAKES[name]
    assert problem in wave["mistakes"][0]
    assert line in wave["mistakes"][0]
    assert ("students.py, line " in wave["mistakes"][0]) == bool(line)
    assert [lab.pid(node.name) for node in lab.topology.nodes] == pids


@pytest.mark.parametrize("name", JUDGED)
def test_a_live_wave_is_judged_as_a_simulated_one_and_so_is_its_trace(
    lab: LiveLab, folder: Path, name: str
) -> None:
    wave = run(lab, name.lower())
    assert (wave["state"], wave["mistakes"]) == ("wrong", [])
    assert JUDGED[name] in wave["witnesses"][0]
    simulated = simulate(load_algorithm(f"{STUDENTS}:{name}"), "ring:6")
    assert any(JUDGED[name] in witness for witness in simulated.witnesses)
    done = replay(lab, folder, [wave["id"]], ["--algorithm", f"{STUDENTS}:{name}"])
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["reproduced"]
    assert found["wrong"][0] == f"wave {wave['id']}: {wave['witnesses'][0]}"


def test_what_was_decided_and_how_each_node_ended_can_be_asked_for(lab: LiveLab) -> None:
    wave = run(lab, "hasty")
    assert wave["decisions"][0] == {"node": "root", "value": {"heard": 0}}
    assert wave["states"].keys() == {node.name for node in lab.topology.nodes}
    assert wave["states"]["root"] == {"parent": 0, "waiting": {"$": "set", "of": [-1]}}
    assert wave["left_out"] == 0
    election = run(lab, "chang-roberts")
    assert {decision["value"] for decision in election["decisions"]} == {election["decisions"][0]["value"]}
    assert election["states"] == {}
    tree = run(lab, "echo")["decisions"]
    assert (tree[0]["node"], tree[0]["value"]["name"]) == ("root", "root")


def test_a_class_with_chance_walks_and_its_live_waves_replay(lab: LiveLab, folder: Path) -> None:
    waves = [run(lab, "walker") for _ in range(4)]
    assert [(wave["state"], wave["mistakes"]) for wave in waves] == [("complete", [])] * 4
    done = replay(lab, folder, [wave["id"] for wave in waves], ["--algorithm", f"{STUDENTS}:Walker"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["decides"] == 4


def test_a_live_trace_replays_without_a_difference(lab: LiveLab, folder: Path) -> None:
    waves = [run(lab, algorithm)["id"] for algorithm in ("echo", "finn-full", "my-echo", "chang-roberts")]
    done = replay(lab, folder, waves, ["--algorithm", f"{STUDENTS}:MyEcho"])
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["reproduced"], found["waves"], found["differences"]) == (True, 4, [])
    done = replay(lab, folder, waves, [])
    said = "a trace runs no file; --algorithm FILE.py:CLASS says where its class is"
    assert (done.returncode, said in done.stderr) == (2, True)
    assert said in json.loads(done.stdout)["problems"][0]


def test_a_class_that_ends_its_nodes_process_is_told_in_its_wave_and_the_lab_lives_on(lab: LiveLab) -> None:
    node = lab.topology.nodes[3].name
    before = lab.pid(node)
    wave = run(lab, "quitter")
    line = Quitter.on_message.__code__.co_firstlineno
    assert wave["state"] == "wrong"
    said = "Quitter: its process ended with code 0 while it ran Quitter.on_message"
    assert wave["mistakes"][0].startswith(f"{node}: {said} ({STUDENTS}, line {line}: ")
    lab.until_back(node, before)
    lab.until(lambda: run(lab, "echo")["state"], lambda state: state == "complete")
