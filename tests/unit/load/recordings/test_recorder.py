from pathlib import Path
from typing import Any

import pytest

from tests.support.near import near
from topowave.load.limits import ROUNDS_LOOK
from topowave.load.recordings.reading import read_recording
from topowave.load.recordings.recorder import Recorder
from topowave.load.recordings.recording import Attempt
from topowave.load.workloads.workload import Workload
from topowave.topology import Problems

NETWORK: dict[str, Any] = {
    "name": "a",
    "port": 1,
    "cpu": 1,
    "children": [{"name": "b", "port": 2, "cpu": 1, "children": []}],
}
SETTINGS = {
    "policy": "max-load-heap",
    "max_cpu": 75.0,
    "placement": "least-loaded",
    "discipline": "priority",
    "rebalance_interval": 1.0,
}
BEGAN = 1000.0


class Time:
    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> bool:
        raise AssertionError


class PlayedLab:
    """A lab that says what the test wants, and counts how often it is asked for rounds."""

    def __init__(self, *tasks: dict[str, Any]) -> None:
        self.tasks = tasks
        self.histories: dict[str, list[dict[str, Any]]] = {}
        self.rounds: list[dict[str, Any]] = []
        self.forgotten = self.looks = 0
        self.config: dict[str, Any] = SETTINGS | {"task_time": 1.0}
        self.network: dict[str, Any] = {"version": 1, "topology": NETWORK}
        self.counts: dict[str, int] | None = None

    def ask(self, method: str, path: str, *_: object, **__: object) -> dict[str, Any]:
        assert method == "GET"
        match path.split("?", maxsplit=1)[0].split("/")[1:]:
            case ["topology"]:
                return self.network
            case ["config"]:
                return self.config
            case ["status"]:
                return {"tasks": self.counts}
            case ["rebalancing", "rounds"]:
                self.looks += 1
                known = int(path.rpartition("=")[2])
                rounds = [each for each in self.rounds if each["number"] > known]
                return {"rounds": rounds[:1], "forgotten": self.forgotten}
            case ["tasks"]:
                return {"tasks": self.tasks, "next": None}
            case _:
                return {"history": self.histories[path.rpartition("/")[2]]}


def told(number: int, *times: float, **said: Any) -> dict[str, Any]:
    submitted, assigned, started, finished = (BEGAN + time for time in times)
    usual = {
        "id": f"a.1-1.{number}",
        "node": "a",
        "status": "completed",
        "reason": None,
        "attempts": 1,
        "submitted_at": submitted,
        "assigned_at": assigned,
        "started_at": started,
        "finished_at": finished,
        "duration": 1.0,
        "weight": 1,
        "priority": "medium",
        "deadline": None,
    }
    return usual | said


def a_round(number: int, began: float, version: int = 1) -> dict[str, Any]:
    move = {"giver": "a", "receiver": "b", "count": 1, "moved": 1, "outcome": "moved"}
    return {
        "number": number,
        "policy": "max-load-heap",
        "version": version,
        "round": number - 1,
        "since": 1.0,
        "began": BEGAN + began,
        "planned": BEGAN + began + 0.1,
        "time": BEGAN + began + 0.3,
        "loads": [2, 0],
        "not_giving": [],
        "not_taking": [],
        "room": {},
        "forecast": [0.5, None],
        "moves": [move | {"asked": BEGAN + began + 0.15, "ended": BEGAN + began + 0.25}],
    }


def recorder_of(lab: PlayedLab, time: Time | None = None) -> Recorder:
    return Recorder(lab, time or Time(), lambda: BEGAN)


PLAYED = Workload([0.0], [1.0], source="log.csv")


def test_tasks_and_rounds_are_told_from_the_first_task_on(tmp_path: Path) -> None:
    lab = PlayedLab(told(1, 0.5, 0.5, 0.6, 1.6), told(2, 0.7, 1.2, 1.25, 2.4, node="b", deadline=BEGAN + 9.7))
    lab.rounds = [a_round(1, 0.2)]
    recorder = recorder_of(lab)
    lab.rounds += [a_round(2, 0.3), a_round(3, 1.0), a_round(4, 1.5, version=2), a_round(5, 7.0)]
    history = [
        (0.7, "a", "assigned"),
        (1.1, "a", "moving to b"),
        (1.2, "b", "assigned"),
        (1.25, "b", "running"),
    ]
    events = [*history, (2.4, "b", "completed")]
    lab.histories["a.1-1.2"] = [{"time": BEGAN + at, "node": node, "what": what} for at, node, what in events]
    found = recorder.recording(PLAYED, "play", 2.0)
    assert found.began == BEGAN + 0.5
    assert [(task.submitted, task.ended, task.deadline) for task in found.tasks] == [
        (0.0, 1.1, None),
        (0.2, 1.9, 9.0),
    ]
    assert found.tasks[0].attempts == (Attempt("a", 0.0, 0.1, 1.1),)
    assert (found.tasks[1].node, found.tasks[1].attempts) == ("a", (Attempt("b", 0.7, 0.75, 1.9),))
    assert [(each.number, each.began, each.planned) for each in found.rounds] == [(3, 0.5, 0.6)]
    assert found.rounds[0].moves[0].asked == near(0.65)
    assert (found.notes, found.source) == ((), "log.csv, 2 times as fast")
    found.write(tmp_path / "run.json")
    assert read_recording(tmp_path / "run.json") == found


def test_a_task_that_was_interrupted_ran_twice() -> None:
    lab = PlayedLab(told(7, 0.0, 1.6, 1.7, 2.7, node="b", attempts=2, id="lab.7"))
    events: list[tuple[float, str | None, str]] = [
        (0.0, None, "pending"),
        (0.1, "a", "assigned"),
        (0.2, "a", "running"),
        (1.5, "a", "moving to b: interrupted while it ran"),
        (1.6, "b", "assigned"),
        (1.7, "b", "running"),
        (2.7, "b", "completed"),
    ]
    lab.histories["lab.7"] = [{"time": BEGAN + at, "node": node, "what": what} for at, node, what in events]
    (found,) = recorder_of(lab).recording(PLAYED, "play", 1.0).tasks
    assert found.node == "a"
    assert found.attempts == (Attempt("a", 0.0, 0.2, 1.5), Attempt("b", 1.6, 1.7, 2.7))


def test_what_cannot_be_repeated_is_left_out_or_noted() -> None:
    lab = PlayedLab(
        told(1, 0.0, 0.0, 0.1, 1.1),
        told(2, 0.0, 0.0, 0.0, 0.5, status="cancelled"),
        told(3, 0.0, 0.0, 0.0, 0.5, status="failed", reason="node_ended"),
        told(4, 0.0, 0.0, 0.0, 0.5, status="failed", reason="deadline", deadline=BEGAN + 0.5),
    )
    lab.histories["a.1-1.4"] = [{"time": BEGAN, "node": "a", "what": "assigned"}]
    lab.counts = {"pending": 1, "assigned": 2, "moving": 0, "running": 3}
    lab.rounds = [a_round(1, -5.0)]
    recorder = recorder_of(lab)
    lab.config = lab.config | {"policy": "tree-exact"}
    lab.network = lab.network | {"version": 2}
    lab.rounds += [a_round(9, 0.5)]
    lab.forgotten = 7
    found = recorder.recording(PLAYED, "play", 1.0)
    assert [task.completed for task in found.tasks] == [True, False]
    assert "the lab had 6 other tasks when it began, which are not recorded" in found.notes
    assert "1 tasks are left out: cancelled" in found.notes
    assert "1 tasks are left out: node_ended" in found.notes
    assert "7 rounds were forgotten before they were recorded" in found.notes
    assert any(note.startswith("the settings of the lab were changed") for note in found.notes)
    assert any(note.startswith("the network was changed") for note in found.notes)
    with pytest.raises(Problems, match="nothing was recorded"):
        recorder_of(PlayedLab()).recording(PLAYED, "play", 1.0)


def test_rounds_are_asked_for_now_and_then() -> None:
    lab, time = PlayedLab(), Time()
    recorder = recorder_of(lab, time)
    before = lab.looks
    recorder.look()
    assert lab.looks == before
    time.seconds = ROUNDS_LOOK
    recorder.look()
    recorder.look()
    assert lab.looks == before + 1


def test_a_lab_with_somebody_elses_program_cannot_be_recorded() -> None:
    lab = PlayedLab()
    foreign: dict[str, Any] = NETWORK | {
        "children": [{"name": "b", "port": 2, "cpu": 1, "launch": False, "children": []}]
    }
    lab.network = {"version": 1, "topology": foreign}
    with pytest.raises(Problems, match="b: is somebody else's program"):
        recorder_of(lab)
