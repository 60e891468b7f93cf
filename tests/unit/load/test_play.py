"""A workload is played on a clock of the test's own, into a lab that the test plays."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.client import LabError
from topowave.load.limits import PATIENCE, RETRY_MOST, RETRY_USUAL, TASKS_AT_ONCE
from topowave.load.play import check_playable, order_of, play, real_clock
from topowave.load.workloads import Workload, workload_of
from topowave.tasks.limits import DURATION_MOST
from topowave.tasks.limits import TASKS_AT_ONCE as LAB_TAKES
from topowave.topology import Problems


class PlayedClock:
    """Time goes on where somebody waits, and at `ends_at` somebody ends the play."""

    def __init__(self, ends_at: float = math.inf) -> None:
        self.time = 1000.0
        self.ends_at = 1000.0 + ends_at

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> bool:
        assert seconds > 0
        self.time = min(self.time + seconds, self.ends_at)
        return self.time >= self.ends_at


class PlayedLab:
    """Takes orders, a request taking `takes_s`, unless an answer is put into `answers`; None is a success."""

    def __init__(self, clock: PlayedClock, takes_s: float = 0.0) -> None:
        self.clock = clock
        self.takes_s = takes_s
        self.answers: list[LabError | None] = []
        self.taken: list[tuple[float, dict[str, Any]]] = []
        self.keys: list[str | None] = []

    def ask(
        self, method: str, path: str, body: object = None, wait_s: float = 0, *, key: str | None = None
    ) -> dict[str, Any]:
        assert (method, path) == ("POST", "/tasks")
        assert isinstance(body, list)
        orders = cast("list[dict[str, Any]]", body)
        assert 1 <= len(orders) <= LAB_TAKES
        assert wait_s > 0
        self.keys.append(key)
        answer = self.answers.pop(0) if self.answers else None
        began = self.clock.time
        self.clock.time += self.takes_s
        if answer is not None:
            raise answer
        self.taken += [(began - 1000.0, order) for order in orders]
        return {}


def refusal(status: int | None, retry_after_s: float | None = None, **problem: Any) -> LabError:
    return LabError("it says no", status, retry_after_s, problem)


@given(st.floats(0.1, 1000), st.floats(0, 0.5), st.integers(1, 60))
def test_every_task_is_sent_once_in_order_and_never_before_its_time(
    speedup: float, takes_s: float, count: int
) -> None:
    workload = workload_of(f"mmpp:rate=20,tasks={count}", seed=count)
    clock = PlayedClock()
    lab = PlayedLab(clock, takes_s)
    report = play(workload, lab, clock, request="r", speedup=speedup)
    assert [order["duration"] for _, order in lab.taken] == [each / speedup for each in workload.durations]
    assert report.is_whole
    assert len(set(lab.keys)) == report.requests
    for (sent, _), time, late in zip(lab.taken, workload.times, report.late, strict=True):
        assert sent >= time / speedup - 1e-6
        assert math.isclose(late, sent - time / speedup, abs_tol=1e-6)
    if not takes_s:
        assert (report.lateness()["most"] or 0) < 1e-3


def test_what_has_become_due_is_sent_together_and_no_more_than_a_request_may_have() -> None:
    workload = Workload([0.0] * 2500, [1.0] * 2500)
    clock = PlayedClock()
    lab = PlayedLab(clock, 0.25)
    report = play(workload, lab, clock, request="r")
    assert (report.requests, report.sent, TASKS_AT_ONCE) == (3, 2500, 1000)
    assert report.lateness() == {"median": 0.25, "p99": 0.5, "most": 0.5}


def test_an_order_says_what_the_workload_says_on_the_faster_clock() -> None:
    workload = Workload(
        [0.0, 1.0],
        [3.0, 4.0],
        weights=[2, 1],
        priorities=["high", "low"],
        categories=["user 4", ""],
        nodes=["", "palm"],
        deadlines=[math.inf, 8.0],
    )
    assert order_of(workload, 0, 2.0, "r") == {
        "duration": 1.5, "request": "r", "weight": 2, "priority": "high", "category": "user 4",
    }  # fmt: skip
    assert order_of(workload, 1, 2.0, "r") == {
        "duration": 2.0, "request": "r", "weight": 1, "priority": "low", "node": "palm", "deadline": 4.0,
    }  # fmt: skip


def test_a_batch_that_is_put_off_is_sent_again_under_its_key_when_the_lab_says() -> None:
    clock = PlayedClock()
    lab = PlayedLab(clock)
    lab.answers = [refusal(503, 2.0), refusal(429), refusal(None), refusal(503, 999.0), None]
    report = play(Workload([0.0, 60.0], [1.0, 1.0]), lab, clock, request="r")
    assert (report.sent, report.retries, report.requests, report.failure) == (2, 4, 2, None)
    assert len(set(lab.keys[:5])) == 1
    assert lab.keys[5] != lab.keys[0]
    assert lab.taken[0][0] == 2.0 + 2 * RETRY_USUAL + RETRY_MOST


def test_a_lab_that_puts_off_for_too_long_is_given_up() -> None:
    clock = PlayedClock()
    lab = PlayedLab(clock)
    lab.answers = [refusal(503)] * 1000
    report = play(Workload([0.0], [1.0]), lab, clock, request="r")
    assert (report.sent, report.failure, report.is_whole) == (0, "it says no", False)
    assert clock.time - 1000.0 <= PATIENCE


def test_tasks_without_room_are_counted_and_the_play_goes_on() -> None:
    clock = PlayedClock()
    lab = PlayedLab(clock)
    lab.answers = [refusal(409, title="Queue full", added=["a", "b"]), refusal(507, title="Disk full")]
    report = play(Workload([0.0, 0.0, 0.0, 1.0, 2.0], [1.0] * 5), lab, clock, request="r")
    assert (report.sent, report.refused, report.failure) == (3, 2, None)
    assert report.reasons == {"Queue full": 1, "Disk full": 1}
    assert report.to_json()["reasons"] == report.reasons


def test_what_the_lab_does_not_understand_ends_the_play() -> None:
    clock = PlayedClock()
    lab = PlayedLab(clock)
    lab.answers = [None, refusal(422, added=["a"])]
    report = play(Workload([0.0, 1.0, 1.0, 2.0], [1.0] * 4), lab, clock, request="r")
    assert (report.sent, report.failure, len(lab.keys)) == (2, "it says no", 2)


@pytest.mark.parametrize("answers", [[], [refusal(503, 5.0)] * 9])
def test_whoever_ends_it_is_told_what_was_sent(answers: list[LabError | None]) -> None:
    clock = PlayedClock(ends_at=3.5)
    lab = PlayedLab(clock)
    lab.answers = [None, *answers]
    report = play(Workload([0.0, 1.0, 9.0], [1.0] * 3), lab, clock, request="r")
    assert report.ended_early
    assert report.sent == len(lab.taken) == (1 if answers else 2)


def test_a_task_that_no_lab_takes_is_refused_before_the_play() -> None:
    long = Workload([0.0], [2 * DURATION_MOST])
    with pytest.raises(Problems, match="longer than a lab takes"):
        check_playable(long, 1.0)
    check_playable(long, 2.0)


def test_the_real_clock_waits_as_its_event_does() -> None:
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 2

    clock = real_clock(wait)
    assert (clock.wait(3.0), clock.wait(-1.0), waited) == (False, True, [3.0, 0.0])
    assert clock.now() <= clock.now()
