"""The results: each task has one, those who wait for it are told, and there are never too many."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from tests.unit.engine.conftest import waiting
from topowave.engine import OutputQueueFullError, ResultGoneError, TaskResult
from topowave.engine.output_queue import OutputQueue

LONG_S = 60.0


def queue_of(numbers: range, size: int = 100) -> OutputQueue:
    """Return one that knows these tasks."""
    queue = OutputQueue(size)
    queue.expect([waiting(number) for number in numbers])
    return queue


def result(number: int, **more: object) -> TaskResult:
    return TaskResult(f"t-{number}", **more)  # type: ignore[arg-type]


def test_a_task_has_one_result_and_the_first_counts() -> None:
    queue = queue_of(range(1))
    task = queue.task("t-0")
    queue.put([result(0, reason="raised"), result(0)])
    assert task is not None
    assert task.is_done
    assert queue.task("t-0") is None
    found = queue.get("t-0")
    assert isinstance(found, TaskResult)
    assert found.reason == "raised"
    assert queue.finished == {"completed": 0, "failed": 1, "cancelled": 0}


def test_a_result_of_a_task_that_nobody_knows_is_left_out() -> None:
    queue = OutputQueue(10)
    queue.put([result(1)])
    assert (queue.size, queue.finished["completed"]) == (0, 0)
    with pytest.raises(ResultGoneError, match="there is no task 't-1'"):
        queue.get("t-1")


def test_all_who_wait_for_a_result_are_told_and_it_may_be_asked_for_again() -> None:
    queue = queue_of(range(1))
    first, second = queue.get("t-0"), queue.get("t-0")
    queue.put([result(0)])
    assert isinstance(first, Future)
    assert isinstance(second, Future)
    assert first.result(0) is second.result(0) is queue.get("t-0")


def test_who_has_given_up_costs_nobody_else_the_result() -> None:
    queue = queue_of(range(1))
    gone, cancelled, waits = (queue.get("t-0") for _ in range(3))
    assert isinstance(gone, Future)
    assert isinstance(cancelled, Future)
    assert isinstance(waits, Future)
    queue.forget("t-0", gone)
    queue.forget("t-0", gone)
    cancelled.cancel()
    queue.put([result(0)])
    assert waits.result(0) is queue.get("t-0")
    assert not gone.done()


def test_of_the_results_that_were_asked_for_the_oldest_make_room() -> None:
    queue = queue_of(range(5), size=3)
    queue.put([result(0), result(1), result(2)])
    queue.get("t-1")
    queue.put([result(3)])
    with pytest.raises(ResultGoneError, match="was asked for before and made room for others: 3 are kept"):
        queue.get("t-1")
    assert {each.id for each in queue.kept()} == {"t-0", "t-2", "t-3"}
    assert (queue.size, queue.capacity) == (3, 3)


def test_results_that_nobody_has_asked_for_are_all_kept_and_let_no_more_tasks_in() -> None:
    queue = queue_of(range(10), size=2)
    assert queue.is_full  # as soon as so many are to come
    queue.put([result(number) for number in range(10)])
    assert (queue.unread, queue.is_full) == (10, True)
    with pytest.raises(
        OutputQueueFullError, match=r"^2 tasks have or will have results .* output_queue_size"
    ):
        queue.wait_for_room(0.01)
    assert [each.id for each in queue.kept()] == [f"t-{number}" for number in range(10)]
    assert (queue.unread, queue.is_full) == (0, False)
    queue.wait_for_room(0)


def test_who_waits_for_room_goes_on_as_soon_as_a_result_is_asked_for() -> None:
    queue = queue_of(range(2), size=2)
    queue.put([result(0), result(1)])
    said: list[str] = []

    def wait() -> None:
        queue.wait_for_room(LONG_S)
        said.append("room")

    waits = threading.Thread(target=wait)
    waits.start()
    assert not said
    queue.get("t-0")
    waits.join(LONG_S)
    assert said == ["room"]


def test_tasks_whose_results_somebody_waits_for_take_no_room() -> None:
    queue = queue_of(range(2), size=2)
    full = [queue.is_full]
    queue.get("t-0")
    full.append(queue.is_full)
    queue.put([result(0), result(1)])
    assert [*full, queue.is_full] == [True, False, False]
    assert queue.unread == 1


def test_who_waits_for_all_is_told_by_the_last() -> None:
    queue = queue_of(range(2))
    assert queue.wait_all(0.001) is False
    said: list[bool] = []
    waits = threading.Thread(target=lambda: said.append(queue.wait_all(LONG_S)))
    waits.start()
    queue.put([result(0)])
    assert queue.unfinished_ids() == ["t-1"]
    queue.put([result(1)])
    waits.join(LONG_S)
    assert said == [True]
    assert queue.unfinished == 0
    assert queue.wait_all(None) is True


def test_who_collects_has_all_results_even_if_fewer_are_kept() -> None:
    queue = queue_of(range(5), size=2)
    queue.put([result(0)])
    collected = queue.collect(f"t-{number}" for number in (0, 1, 2, 3, 1))
    assert (len(collected.missing), collected.all_there.done()) == (3, False)
    queue.put([result(1), result(4), result(2)])
    assert collected.missing == {"t-3"}
    queue.put([result(3)])
    assert collected.all_there.done()
    assert sorted(collected.found) == ["t-0", "t-1", "t-2", "t-3"]
    assert queue.size == 2
    assert queue.unread == 1  # those that were collected have been seen; nobody asked for t-4, and it is kept
    assert isinstance(queue.get("t-4"), TaskResult)


def test_what_is_all_there_is_collected_at_once() -> None:
    queue = queue_of(range(2))
    queue.put([result(0), result(1)])
    assert queue.collect(["t-1", "t-0"]).all_there.done()
    assert queue.collect([]).all_there.done()
    assert queue.collect(None).all_there.done()
    with pytest.raises(ResultGoneError):
        queue.collect(["t-0", "t-9"])


def test_who_collects_no_more_is_forgotten_and_others_are_not() -> None:
    queue = queue_of(range(2))
    gone, cancelled, stays = queue.collect(["t-0"]), queue.collect(["t-0"]), queue.collect(None)
    queue.give_up(gone)
    cancelled.all_there.cancel()
    queue.put([result(0), result(1)])
    assert gone.found == {}
    assert sorted(stays.found) == ["t-0", "t-1"]
    assert stays.all_there.done()


def test_in_the_end_every_task_has_a_result() -> None:
    queue = queue_of(range(3))
    queue.put([result(1)])
    queue.end("the engine has ended")
    assert queue.finished == {"completed": 1, "failed": 0, "cancelled": 2}
    assert {each.error for each in queue.kept()} == {None, "the engine has ended"}
