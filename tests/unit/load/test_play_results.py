"""What became of the tasks of a play, out of pages that the test plays."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import parse_qs, urlsplit

from topowave.load.limits import POLL_LEAST, POLL_SHARE
from topowave.load.play_results import results_of, tasks_of, wait_for_ends
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
    usual = {"submitted_at": 100.0, "started_at": None, "finished_at": None, "deadline": None, "node": None}
    return {"status": status, **usual, **more}


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
            task("completed", started_at=101.0, finished_at=103.0, node="palm", deadline=104.0),
            task(
                "completed",
                submitted_at=102.0,
                started_at=102.0,
                finished_at=107.0,
                node="oak",
                deadline=106.0,
            ),
            task("completed", submitted_at=104.0, started_at=106.0, finished_at=108.0, node="palm"),
            task("failed", submitted_at=104.0, finished_at=110.0, node="oak", deadline=110.0),
        ]
    )
    assert found.ended == {"completed": 3, "failed": 1}
    assert (found.makespan, found.mean_response, found.p50_response, found.p99_response) == (10, 4, 4, 5)
    assert (found.mean_wait, found.throughput, found.deadline_misses) == (1, 0.3, 2)
    assert found.completed_per_node == {"oak": 1, "palm": 2}
    told = found.to_json(speedup=10)
    assert (told["makespan"], told["mean_response"], told["mean_wait"]) == (100, 40, 10)
    assert math.isclose(told["throughput"], 0.03)


def test_where_nothing_is_over_there_is_nothing_to_measure() -> None:
    found = results_of([task("pending")])
    assert (found.makespan, found.mean_response, found.throughput) == (None, None, None)
    assert found.to_json(2.0)["makespan"] is None
