"""What became of the tasks of a play, out of pages that the test plays."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qs, urlsplit

from topowave.load.limits import POLL_LEAST, POLL_SHARE
from topowave.load.measures import MEASURES
from topowave.load.play_results import PlayResults, results_of, tasks_of, wait_for_ends
from topowave.tasks.states import UNFINISHED


class PlayedPages:
    """Answers with pages of the tasks that have the wanted states, `per_page` rows looked at for each."""

    def __init__(self, tasks: list[dict[str, Any]], per_page: int = 2) -> None:
        self.tasks = tasks
        self.per_page = per_page
        self.asked: list[str | None] = []

    def ask(
        self, method: str, path: str, body: object = None, wait_s: float = 0, *, key: str | None = None
    ) -> dict[str, Any]:
        assert (method, body, wait_s, key) == ("GET", None, 0, None)
        query = parse_qs(urlsplit(path).query)
        assert query["request"] == ["r"]
        cursor = query.get("cursor", [None])[0]
        self.asked.append(cursor)
        begin = int(cursor or 0)
        rows = self.tasks[begin : begin + self.per_page]
        end = begin + len(rows)
        wanted = query.get("status")
        found = [task for task in rows if wanted is None or task["status"] in wanted]
        return {"tasks": found, "next": None if end >= len(self.tasks) else str(end)}


class PlayedClock:
    """Completes a task of the lab whenever somebody waits."""

    def __init__(self, lab: PlayedPages, looks: int = 100) -> None:
        self.lab = lab
        self.looks = looks
        self.time = 0.0

    def now(self) -> float:
        self.time += 1.0
        return self.time

    def wait(self, seconds: float) -> bool:
        assert seconds >= max(POLL_LEAST, 1.0 / POLL_SHARE)
        next(task for task in self.lab.tasks if task["status"] in UNFINISHED)["status"] = "completed"
        self.looks -= 1
        return self.looks == 0


def task(status: str, **more: Any) -> dict[str, Any]:
    times = {"submitted_at": 100.0, "finished_at": None, "duration": None}
    return {"status": status, "node": None, "weight": 1, "reason": None, **times, **more}


def test_a_wait_ends_when_all_are_over_and_looks_at_no_page_again_that_is() -> None:
    lab = PlayedPages([task("completed"), task("failed"), task("running"), task("pending"), task("assigned")])
    assert wait_for_ends(lab, PlayedClock(lab), "r")
    assert lab.asked == [None, "2", "2", "2", "4", "4"]


def test_a_wait_may_be_ended() -> None:
    lab = PlayedPages([task("running"), task("running"), task("running")])
    looks: list[None] = []
    assert not wait_for_ends(lab, PlayedClock(lab, looks=2), "r", lambda: looks.append(None))
    assert len(looks) == 2


def test_all_pages_are_read() -> None:
    lab = PlayedPages([task("completed", node=str(number)) for number in range(7)])
    assert [each["node"] for each in tasks_of(lab, "r")] == list("0123456")


def test_measures_are_those_of_the_lab_s_own_times() -> None:
    found = results_of(
        [
            task("completed", finished_at=103.0, node="palm", duration=2.0),
            task("completed", submitted_at=102.0, finished_at=107.0, node="oak", duration=5.0),
            task("completed", submitted_at=104.0, finished_at=108.0, node="palm", duration=1.0, weight=2),
            task("failed", submitted_at=104.0, finished_at=110.0, node="oak", reason="deadline"),
        ],
        {"palm": 2, "oak": 5, "elm": 1},
    )
    assert found.ended == {"completed": 3, "failed": 1}
    assert (found.tasks, found.completed, found.deadline_misses) == (4, 3, 1)
    assert (found.makespan, found.mean_response, found.p50_response, found.p99_response) == (8, 4, 4, 5)
    assert (found.max_response, found.throughput) == (5, 3 / 8)
    assert found.mean_wait is not None
    assert math.isclose(found.mean_wait, (1 + 0 + 3) / 3)
    assert found.completed_per_node == {"oak": 1, "palm": 2}
    assert found.jain is not None
    assert math.isclose(found.jain, (2 + 1) ** 2 / (3 * (2**2 + 1)))
    told = found.to_json(speedup=10)
    assert (told["makespan"], told["mean_response"], told["tasks"]) == (80, 40, 4)
    assert math.isclose(told["throughput"], 3 / 80)


def test_names_and_order_are_those_of_a_run_in_virtual_time() -> None:
    simulated = [each.name for each in MEASURES]
    played = [each.name for each in fields(PlayResults) if each.name not in {"ended", "completed_per_node"}]
    assert played == [name for name in simulated if name in played]


def test_where_nothing_is_over_there_is_nothing_to_measure() -> None:
    found = results_of([task("pending")])
    assert (found.makespan, found.mean_response, found.throughput, found.jain) == (None, None, None, None)
    assert found.to_json(2.0)["makespan"] is None
