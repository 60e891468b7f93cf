"""`topowave load play`, against a lab that the test plays."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from topowave.cli.load import load
from topowave.client import LabClient, LabError
from topowave.load.recordings.reading import read_recording
from topowave.load.recordings.recording import Attempt

NODES = [
    {"name": "root", "port": 8000, "cpu": 2, "role": "root", "parent": None, "state": "up"},
    {"name": "palm", "port": 8001, "cpu": 4, "role": "leaf", "parent": "root", "state": "up"},
    {"name": "oak", "port": 8002, "cpu": 64, "role": "leaf", "parent": "root", "state": "foreign"},
]
OF_RECORDINGS: dict[str, dict[str, Any]] = {
    "/topology": {"version": 1, "topology": {"name": "root", "port": 8000, "cpu": 2, "children": []}},
    "/config": {
        "policy": "none",
        "max_cpu": 75.0,
        "placement": "random",
        "discipline": "fcfs",
        "rebalance_interval": 5.0,
    },
    "/rebalancing/rounds?after=0": {"rounds": [], "forgotten": 0},
}
"""What a lab is asked that is recorded, and answers."""
COUNTS = {"pending": 0, "assigned": 0, "moving": 0, "running": 0}


class PlayedLab:
    """Completes every task as soon as it is ordered; `failure` is what an order is answered instead."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.failure: LabError | None = None
        self.status = "completed"
        self.unfinished = self.forgotten = 0
        self.on_look: Callable[[], None] = lambda: None
        self.on_order: Callable[[], None] = lambda: None

    def ask(self, method: str, path: str, body: Any) -> dict[str, Any]:
        if path == "/status":
            return {"nodes": NODES, "tasks": COUNTS}
        if path in OF_RECORDINGS:
            return OF_RECORDINGS[path]
        if method == "POST":
            self.on_order()
            if self.failure is not None:
                raise self.failure
            self.orders += body
            return {}
        if "status=" in path:
            self.on_look()
            return {"tasks": [{}] * self.unfinished, "next": None}
        tasks = [self._task(order) for order in self.orders[self.forgotten :]]
        return {"tasks": tasks, "next": None}

    def _task(self, order: dict[str, Any]) -> dict[str, Any]:
        said = {"duration": 0.5, "weight": 1, "reason": None, "submitted_at": 5.0, "finished_at": 6.0}
        recorded = {"id": "root.1-1.1", "attempts": 1, "assigned_at": 5.0, "started_at": 5.5}
        more = {"priority": "medium", "deadline": None}
        return {"status": self.status, "node": order.get("node", "root"), **said, **recorded, **more}


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> PlayedLab:
    found = PlayedLab()

    def ask(
        _: LabClient, method: str, path: str, body: Any = None, wait_s: float = 0, *, key: str | None = None
    ) -> dict[str, Any]:
        assert wait_s >= 0
        assert (key is not None) == (method == "POST")
        return found.ask(method, path, body)

    monkeypatch.setattr(LabClient, "ask", ask)
    return found


def run(*words: str) -> Result:
    return CliRunner().invoke(load, ["play", *words], catch_exceptions=False)


def test_a_workload_is_played_for_the_network_of_the_lab(lab: PlayedLab) -> None:
    spec = "poisson:utilisation=3,duration=0.5,tasks=8,node=@leaves"
    result = run(spec, "--speedup", "100", "--wait", "--request", "mine")
    assert result.exit_code == 0
    assert [order["duration"] for order in lab.orders] == [0.005] * 8
    assert {order["request"] for order in lab.orders} == {"mine"}
    assert {order["node"] for order in lab.orders} == {"palm"}
    lines = result.stdout.splitlines()
    assert lines[0] == f"{spec}, seed 1, 100 times as fast"
    assert lines[1].startswith("sent       8 of 8 tasks in ")
    assert lines[2].startswith("late       median ")
    assert "request    mine; topowave task list --request mine" in lines
    assert "ended      8 completed" in lines
    assert "makespan   1 s, 100 s of the workload's time" in lines
    assert "wait       mean 0.5 s, 50 s of the workload's time" in lines
    assert "fairness   0.500 (Jain's index of work by cores)" in lines


def test_json_has_what_was_sent_and_what_became_of_it(lab: PlayedLab) -> None:
    found = json.loads(run("batch:tasks=5", "--json", "--wait").stdout)
    assert (found["sent"], found["tasks"], found["requests"], found["failure"]) == (5, 5, 1, None)
    assert found["results"]["ended"] == {"completed": 5}
    assert found["results"]["makespan"] == 1.0
    assert json.loads(run("batch:tasks=5", "--json").stdout)["results"] is None
    assert len(lab.orders) == 10


def test_what_fails_is_exit_code_1(lab: PlayedLab) -> None:
    lab.status = "failed"
    assert run("batch:tasks=2", "--wait").exit_code == 1
    lab.failure = LabError("the lab refuses: no", 422)
    result = run("batch:tasks=2", "--wait")
    assert (result.exit_code, result.stderr) == (1, "it ended before its time: the lab refuses: no\n")
    lab.failure = LabError("full", 409, None, {"title": "Queue full"})
    result = run("batch:tasks=2")
    assert result.exit_code == 1
    assert "refused    2 tasks: Queue full (2)\n" in result.stdout


def test_ctrl_c_ends_it_after_the_batch_and_tells_what_was_sent(lab: PlayedLab) -> None:
    lab.on_order = lambda: signal.raise_signal(signal.SIGINT)
    before = signal.getsignal(signal.SIGINT)
    result = run("constant:rate=0.001,tasks=3", "--wait")
    assert result.exit_code == 3
    assert "sent       1 of 3 tasks in " in result.stdout
    assert ", ended early" in result.stdout
    assert signal.getsignal(signal.SIGINT) is before


def test_a_wait_that_is_ended_says_that_the_tasks_go_on(lab: PlayedLab) -> None:
    lab.unfinished = 5
    lab.on_look = lambda: signal.raise_signal(signal.SIGINT)
    result = run("batch:tasks=2", "--wait")
    assert (result.exit_code, result.stderr) == (3, "the wait was ended: the tasks go on\n")
    assert "sent       2 of 2 tasks in " in result.stdout


def test_tasks_that_the_lab_has_forgotten_are_no_failures(lab: PlayedLab) -> None:
    lab.forgotten = 3
    result = run("batch:tasks=5", "--wait")
    assert result.exit_code == 0
    assert result.stderr == "note: the lab knows of 2 of these tasks; the others ended too long ago\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["batch:weight=5"], "batch: weight: 5 is more than the 4 cores of the largest node\n"),
        (["batch:node=plam"], 'batch: node: there is no node "plam"; did you mean "palm"?\n'),
        (["batch:duration=9e7"], "a task of 9e+07 s is longer than a lab takes (3.1536e+07 s)\n"),
        (["none.csv"], "none.csv: there is no such file\n"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(lab: PlayedLab, words: list[str], sentence: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stderr) == (2, sentence)
    assert lab.orders == []


@pytest.mark.parametrize("speedup", ["0", "-1", "nan", "inf"])
def test_a_speedup_is_a_number_above_0(lab: PlayedLab, speedup: str) -> None:
    result = run("batch", "--speedup", speedup)
    assert result.exit_code == 2
    assert "expected a number above 0" in result.stderr
    assert lab.orders == []


def test_a_play_can_be_recorded(lab: PlayedLab, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    result = run("batch:tasks=2,duration=0.5", "--record", str(file), "--request", "mine")
    assert result.exit_code == 0
    assert "ended      2 completed" in result.stdout.splitlines()
    found = read_recording(file)
    assert (found.request, len(found.tasks), found.settings.policy) == ("mine", 2, "none")
    assert found.tasks[0].attempts == (Attempt("root", 0.0, 0.5, 1.0),)
    file.unlink()
    lab.failure = LabError("the lab refuses: no", 422)
    result = run("batch:tasks=2", "--record", str(file))
    assert (result.exit_code, file.exists()) == (1, False)
    assert f"{file}: is not written, since not all tasks are over" in result.stderr


def test_a_recording_that_could_not_be_written_or_is_empty_is_no_success(
    lab: PlayedLab, tmp_path: Path
) -> None:
    for file in (tmp_path, tmp_path / "none" / "run.json"):
        result = run("batch:tasks=2", "--record", str(file))
        assert result.exit_code == 2
        assert "cannot be written" in result.stderr
    assert lab.orders == []
    lab.status = "cancelled"
    result = run("batch:tasks=2", "--record", str(tmp_path / "run.json"))
    assert result.exit_code == 1
    assert "nothing was recorded" in result.stderr
