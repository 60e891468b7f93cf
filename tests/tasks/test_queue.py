"""A node's tasks: first in, first out, never more running than cores, and in one place each."""

from __future__ import annotations

import pytest

from tasks import Counts, Handover, QueueFull, Task, TaskQueue
from tasks import queue as module


def tasks(count: int, start: int = 0) -> list[Task]:
    return [Task(f"a.1.{number}") for number in range(start, start + count)]


def filled(count: int, cpu: int = 2, capacity: int = 100) -> TaskQueue:
    queue = TaskQueue(cpu, capacity)
    queue.submit(tasks(count))
    return queue


def offer(count: int = 2, id: str = "b.1.1") -> Handover:
    return Handover(id, "b", tuple(Task(f"{id}/{number}") for number in range(count)))


def test_the_task_that_waited_longest_runs_first_on_each_free_core() -> None:
    queue = filled(5)
    assert queue.start() == tasks(2)
    assert queue.start() == []
    queue.finish(Task("a.1.1"))
    assert queue.start() == tasks(1, 2)
    assert queue.load == 4
    assert queue.counts() == Counts(
        queued=2, running=2, giving=0, arriving=0, done=1, submitted=5, received=0, given=0
    )


def test_only_what_runs_can_finish() -> None:
    queue = filled(3, cpu=1)
    with pytest.raises(KeyError):
        queue.finish(Task("a.1.0"))
    queue.start()
    queue.finish(Task("a.1.0"))
    with pytest.raises(KeyError):
        queue.finish(Task("a.1.0"))


def test_a_full_queue_takes_all_or_nothing() -> None:
    queue = filled(8, capacity=10)
    with pytest.raises(QueueFull, match="room for 2 more tasks, not for 3"):
        queue.submit(tasks(3, 8))
    assert queue.counts().submitted == 8
    queue.submit(tasks(2, 8))
    with pytest.raises(QueueFull, match="room for 0"):
        queue.submit(tasks(1, 10))
    queue.start()
    queue.submit(tasks(2, 10))  # what runs needs no room


def test_held_tasks_take_room() -> None:
    queue = filled(8, capacity=10)
    assert queue.hold(offer(2)) == "held"
    with pytest.raises(QueueFull):
        queue.submit(tasks(1, 8))
    with pytest.raises(QueueFull):
        queue.hold(offer(1, "b.1.2"))
    assert queue.hold(offer(2)) == "held"  # no new room for what is held already
    assert queue.drop("b.1.1") == "dropped"
    queue.submit(tasks(2, 8))


def test_a_giver_gives_the_tasks_that_would_wait_longest() -> None:
    queue = filled(5)
    handover = queue.give("a.1.1", "a", 2)
    assert handover == Handover("a.1.1", "a", tuple(tasks(2, 3)))
    assert queue.is_giving("a.1.1")
    assert (queue.load, queue.counts().giving) == (3, 2)


def test_a_giver_gives_what_it_has_and_nothing_that_runs() -> None:
    queue = filled(3)
    queue.start()
    handover = queue.give("a.1.1", "a", 10)
    assert handover is not None
    assert handover.tasks == tuple(tasks(1, 2))
    assert queue.give("a.1.2", "a", 10) is None
    assert not queue.is_giving("a.1.2")


def test_what_is_taken_back_is_queued_also_where_there_is_no_room() -> None:
    queue = filled(4, capacity=4)
    queue.give("a.1.1", "a", 2)
    queue.submit(tasks(2, 4))
    queue.take_back("a.1.1")
    assert (queue.load, queue.counts().giving, queue.is_giving("a.1.1")) == (6, 0, False)
    assert queue.counts().lawful


def test_what_was_given_is_gone() -> None:
    queue = filled(3)
    queue.give("a.1.1", "a", 2)
    queue.gave("a.1.1")
    assert (queue.load, queue.counts().given) == (1, 2)
    assert queue.counts().lawful
    with pytest.raises(KeyError):
        queue.gave("a.1.1")
    with pytest.raises(KeyError):
        queue.take_back("a.1.1")


def test_a_receiver_runs_nothing_before_it_owns_it() -> None:
    queue = TaskQueue(2)
    assert queue.hold(offer()) == "held"
    assert (queue.start(), queue.load, queue.counts().arriving) == ([], 0, 2)
    assert queue.accept("b.1.1") == "accepted"
    assert (queue.start(), queue.load, queue.counts().arriving) == ([], 0, 2)
    assert queue.give("a.1.1", "a", 5) is None
    assert queue.own("b.1.1") == "accepted"
    assert queue.start() == list(offer().tasks)
    assert queue.counts() == Counts(
        queued=0, running=2, giving=0, arriving=0, done=0, submitted=0, received=2, given=0
    )


def test_every_step_of_a_receiver_may_come_again() -> None:
    queue = TaskQueue(2)
    for _ in range(2):
        assert queue.hold(offer()) == "held"
    for _ in range(2):
        assert queue.accept("b.1.1") == "accepted"
    assert queue.hold(offer()) == "held"
    for _ in range(2):
        assert queue.own("b.1.1") == "accepted"
    for _ in range(2):
        assert queue.hold(offer()) == "accepted"
        assert queue.accept("b.1.1") == "accepted"
        assert queue.drop("b.1.1") == "accepted"
    assert (queue.load, queue.counts().received) == (2, 2)
    assert queue.arriving() == []


def test_a_promise_cannot_be_taken_back() -> None:
    queue = TaskQueue(2)
    queue.hold(offer())
    assert not queue.has_accepted("b.1.1")
    queue.accept("b.1.1")
    assert queue.has_accepted("b.1.1")
    assert queue.drop("b.1.1") == "accepted"
    assert queue.arriving() == [offer()]
    queue.own("b.1.1")
    assert not queue.has_accepted("b.1.1")


def test_an_offer_that_comes_after_its_end_is_refused() -> None:
    queue = TaskQueue(2)
    for _ in range(2):
        assert queue.drop("b.1.1") == "dropped"
    assert queue.hold(offer()) == "dropped"
    assert queue.accept("b.1.1") == "dropped"
    assert queue.own("b.1.1") == "dropped"
    assert (queue.load, queue.counts().arriving) == (0, 0)


def test_what_was_never_offered_is_unknown() -> None:
    queue = TaskQueue(2)
    assert queue.accept("b.1.1") == "unknown"
    assert queue.own("b.1.1") == "unknown"


def test_only_so_many_ends_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDOVERS_REMEMBERED", 3)
    queue = TaskQueue(2)
    for number in range(5):
        queue.drop(f"b.1.{number}")
    assert [queue.accept(f"b.1.{number}") for number in range(5)] == ["unknown"] * 2 + ["dropped"] * 3


def test_counts_that_break_the_law_say_so() -> None:
    lawful = Counts(queued=1, running=2, giving=3, arriving=9, done=4, submitted=10, received=5, given=5)
    assert lawful.lawful
    for field in ("queued", "running", "giving", "done", "given", "submitted", "received"):
        assert not Counts(**{**vars(lawful), field: 77}).lawful
