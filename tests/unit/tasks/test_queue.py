"""A node's tasks in memory: first in, first out, never more running than cores, and in one place each."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from topowave.tasks import InvalidTransition, LabTask, QueueCounts, QueueFull, Recovered, TaskQueue
from topowave.tasks.limits import WEIGHT_MOST


def tasks(count: int, start: int = 0) -> list[LabTask]:
    return [LabTask(f"a.1.{number}") for number in range(start, start + count)]


def filled(count: int, cpu: int = 2, capacity: int = 100) -> TaskQueue:
    queue = TaskQueue(cpu, capacity)
    queue.submit(tasks(count))
    return queue


def test_the_task_that_waited_longest_runs_first_on_each_free_core() -> None:
    queue = filled(5)
    assert queue.start() == tasks(2)
    assert queue.start() == []
    queue.finish(LabTask("a.1.1"))
    assert queue.start() == tasks(1, 2)
    assert queue.load == 4
    assert queue.counts() == QueueCounts(
        assigned=2, running=2, moving=0, completed=1, failed=0, cancelled=0, submitted=5
    )


def test_only_what_runs_can_finish() -> None:
    queue = filled(3, cpu=1)
    with pytest.raises(InvalidTransition):
        queue.finish(LabTask("a.1.0"))
    queue.start()
    queue.finish(LabTask("a.1.0"))
    with pytest.raises(InvalidTransition):
        queue.finish(LabTask("a.1.0"))


def test_room_is_kept_for_all_or_for_none() -> None:
    queue = filled(6, capacity=10)
    queue.reserve(2)
    with pytest.raises(QueueFull, match="room for 2 more tasks, not for 3"):
        queue.reserve(3)
    queue.reserve(2)
    with pytest.raises(QueueFull, match="room for 0"):
        queue.reserve(1)
    queue.unreserve(2)
    queue.reserve(2)
    queue.start()
    queue.reserve(2)  # what runs needs no room


def test_a_giver_gives_the_tasks_that_would_wait_longest() -> None:
    queue = filled(5)
    assert queue.begin_move("m", 2) == tuple(tasks(2, 3))
    assert (queue.load, queue.counts().moving) == (3, 2)


def test_a_giver_gives_what_it_has_and_nothing_that_runs() -> None:
    queue = filled(3)
    queue.start()
    assert queue.begin_move("m", 10) == (LabTask("a.1.2"),)
    assert queue.begin_move("n", 10) == ()
    with pytest.raises(InvalidTransition):
        queue.commit_move("n")


def test_what_is_taken_back_is_queued_also_where_there_is_no_room() -> None:
    queue = filled(4, capacity=4)
    queue.begin_move("m", 2)
    queue.submit(tasks(2, 4))
    queue.abort_move("m")
    assert (queue.load, queue.counts().moving) == (6, 0)
    with pytest.raises(QueueFull):
        queue.reserve(1)


def test_what_was_given_is_gone_and_what_was_handed_out_is_done() -> None:
    queue = filled(4)
    queue.begin_move("m", 2)
    queue.commit_move("m")
    queue.begin_move("n", 1)
    queue.finish_external("n")
    assert (queue.load, queue.counts().moving, queue.counts().completed) == (1, 0, 1)
    for end in (queue.commit_move, queue.abort_move, queue.finish_external):
        with pytest.raises(InvalidTransition):
            end("m")


def test_what_is_received_is_queued_behind_what_is_there_but_was_not_submitted_here() -> None:
    queue = filled(1, cpu=1)
    queue.receive([LabTask("b.1.1")])
    assert queue.ids() == ["a.1.0", "b.1.1"]
    assert queue.counts().submitted == 1


def test_a_task_is_cancelled_where_it_is() -> None:
    queue = filled(4)
    queue.start()
    queue.begin_move("m", 1)
    assert [queue.hold(f"a.1.{number}") for number in range(5)] == [
        "running",
        "running",
        "assigned",
        None,
        None,
    ]
    assert queue.hold("a.1.0") is None
    assert (queue.counts().assigned, queue.counts().running, queue.counts().cancelled) == (1, 2, 0)
    for task in tasks(3):
        queue.cancel(task.id)
    assert queue.hold("a.1.0") is None
    assert queue.counts().cancelled == 3
    assert not queue.is_running(LabTask("a.1.0"))
    queue.abort_move("m")
    assert queue.start() == [LabTask("a.1.3")]


@pytest.mark.parametrize("which", range(6))
@pytest.mark.parametrize("started", range(4))
def test_a_task_that_is_not_cancelled_after_all_has_its_turn_again(which: int, started: int) -> None:
    queue = filled(6, cpu=0)
    queue.hold(f"a.1.{which}")
    assert sorted(queue.ids()) == sorted(task.id for task in tasks(6))
    assert queue.load == 6
    queue.cpu = started
    ran = queue.start()
    assert LabTask(f"a.1.{which}") not in ran
    queue.submit(tasks(1, 6))
    queue.release(f"a.1.{which}")
    for task in ran:
        queue.finish(task)
    queue.cpu = 10
    assert queue.start() == [task for task in tasks(7) if task not in ran]


def test_a_task_that_is_held_neither_starts_nor_moves_and_keeps_its_core() -> None:
    queue = filled(3, cpu=1)
    queue.start()
    assert [queue.hold(f"a.1.{number}") for number in (0, 1)] == ["running", "assigned"]
    assert queue.is_held(LabTask("a.1.0"))
    assert queue.start() == []
    assert queue.begin_move("m", 5) == tuple(tasks(1, 2))
    queue.forget("a.1.0")
    assert queue.start() == []
    queue.release("a.1.1")
    assert queue.start() == tasks(1, 1)
    assert queue.counts().cancelled == 0


def test_where_too_few_wait_those_that_began_last_move_and_keep_their_cores_until_it_is_written() -> None:
    queue = filled(5, cpu=3)
    queue.start()
    assert queue.begin_move("m", 4, keep=0) == tuple(tasks(2, 3) + tasks(2, 1))
    assert (queue.counts().running, queue.counts().moving, queue.load) == (3, 2, 3)
    assert queue.is_held(LabTask("a.1.1"))
    assert queue.hold("a.1.1") is None
    assert queue.interrupt("m", {"a.1.1", "a.1.2"}) == tuple(tasks(2, 1))
    assert (queue.counts().running, queue.counts().moving, queue.load) == (1, 4, 1)
    assert not queue.is_held(LabTask("a.1.1"))
    queue.commit_move("m")
    assert queue.ids() == ["a.1.0"]


@pytest.mark.parametrize(("keep", "moved"), [(None, 0), (0, 3), (1, 2), (2, 1), (3, 0), (9, 0)])
def test_running_tasks_move_while_more_stay_than_are_to_be_kept(keep: int | None, moved: int) -> None:
    queue = filled(3, cpu=3)
    queue.start()
    assert queue.begin_move("m", 5, keep) == tuple(tasks(moved, 3 - moved))


def test_what_another_move_is_about_to_interrupt_stays_no_more() -> None:
    queue = filled(4, cpu=4)
    queue.start()
    assert queue.begin_move("m", 1, keep=2) == (LabTask("a.1.3"),)
    assert queue.begin_move("n", 5, keep=2) == (LabTask("a.1.2"),)
    assert queue.begin_move("o", 5, keep=2) == ()


def test_who_was_not_interrupted_after_all_goes_on_and_who_was_comes_first_again() -> None:
    queue = filled(3, cpu=2)
    queue.start()
    queue.begin_move("m", 2, keep=0)
    assert queue.abort_move("m") == (LabTask("a.1.1"),)
    assert (queue.counts().running, queue.counts().assigned) == (2, 1)
    queue.finish(LabTask("a.1.1"))
    assert queue.start() == [LabTask("a.1.2")]
    queue.submit(tasks(1, 3))
    queue.begin_move("n", 2, keep=0)
    queue.interrupt("n", {"a.1.2"})
    queue.submit(tasks(1, 4))
    assert queue.abort_move("n") == ()
    assert queue.ids() == ["a.1.0", "a.1.2", "a.1.4", "a.1.3"]


def test_a_task_is_interrupted_once_also_by_another_node_and_still_moves_while_it_waits() -> None:
    queue = filled(1, cpu=2)
    queue.receive([LabTask("b.1.1", interrupted=True)])
    queue.start()
    assert queue.begin_move("m", 2, keep=0) == (LabTask("a.1.0"),)
    queue.interrupt("m", {"a.1.0"})
    queue.abort_move("m")
    queue.start()
    assert queue.begin_move("n", 2, keep=0) == ()
    queue.recover(
        Recovered(
            (LabTask("a.1.7", interrupted=True),), 3, 1, submitted=1, completed=0, failed=0, cancelled=0
        )
    )
    assert queue.hold("a.1.7") == "assigned"
    queue.release("a.1.7")
    (given,) = queue.begin_move("o", 1)
    assert (given, given.interrupted) == (LabTask("a.1.7"), True)


def test_a_task_that_was_cancelled_from_outside_is_interrupted_but_does_not_move() -> None:
    queue = filled(2, cpu=2)
    queue.start()
    queue.begin_move("m", 2, keep=0)
    assert queue.interrupt("m", {"a.1.0"}) == tuple(tasks(2))
    assert (queue.load, queue.counts().moving) == (0, 1)


def test_a_running_task_that_is_not_ours_any_more_is_dropped_without_being_counted() -> None:
    queue = filled(1)
    queue.start()
    queue.drop(LabTask("a.1.0"))
    queue.drop(LabTask("a.1.0"))
    assert (queue.load, queue.counts().completed, queue.counts().cancelled) == (0, 0, 0)


def test_what_an_earlier_life_left_comes_before_what_came_since() -> None:
    queue = TaskQueue(1)
    queue.submit(tasks(1, 9))
    queue.recover(Recovered(tuple(tasks(2)), 3, 1, submitted=7, completed=3, failed=1, cancelled=1))
    assert queue.ids() == ["a.1.0", "a.1.1", "a.1.9"]
    assert queue.counts() == QueueCounts(
        assigned=3, running=0, moving=0, completed=3, failed=1, cancelled=1, submitted=8
    )


def test_the_ids_of_all_tasks_are_told_wherever_they_are() -> None:
    queue = filled(4, cpu=1)
    queue.start()
    queue.begin_move("m", 1)
    assert queue.ids() == ["a.1.0", "a.1.1", "a.1.2", "a.1.3"]


def test_what_cannot_be_ended_is_named_with_where_it_is_and_what_is_open() -> None:
    queue = filled(3, cpu=1)
    queue.start()
    queue.begin_move("m", 1)
    with pytest.raises(InvalidTransition) as caught:
        queue.finish(LabTask("a.1.1"))
    assert (caught.value.command, caught.value.state) == ("finish", "assigned")
    assert "finish is only for what is running" in str(caught.value)
    assert "open moves: m; QueueCounts(assigned=1, running=1, moving=1" in str(caught.value)
    with pytest.raises(InvalidTransition) as caught:
        queue.finish(LabTask("a.1.2"))
    assert caught.value.state == "moving"
    with pytest.raises(InvalidTransition, match="take_back of the move n: it is unknown"):
        queue.abort_move("n")


def emulated(task: LabTask) -> bool:
    return task.kind == "emulated"


def test_script_tasks_stay_where_the_receiver_would_not_know_what_they_are() -> None:
    queue = TaskQueue(1)
    mixed = [LabTask(f"a.1.{number}", kind="script" if number % 2 else "emulated") for number in range(1, 7)]
    queue.submit(mixed)
    assert [task.id for task in queue.start()] == ["a.1.1"]
    assert [task.id for task in queue.begin_move("m.1", 2, keep=0, fits=emulated)] == ["a.1.4", "a.1.6"]
    assert [task.id for task in queue.begin_move("m.2", 9, keep=0, fits=emulated)] == ["a.1.2"]
    assert queue.begin_move("m.3", 9, keep=0, fits=emulated) == ()
    assert [task.id for task in queue.begin_move("m.4", 9, keep=0)] == ["a.1.3", "a.1.5", "a.1.1"]


def test_a_running_task_fails_once() -> None:
    queue = TaskQueue(1)
    task = LabTask("a.1.1", kind="script")
    queue.submit([task])
    queue.start()
    queue.fail(task)
    assert (queue.counts().failed, queue.load) == (1, 0)
    with pytest.raises(InvalidTransition, match="fail of"):
        queue.fail(task)


def heavy(*weights: int) -> list[LabTask]:
    return [LabTask(f"a.1.{number}", weight=weight) for number, weight in enumerate(weights)]


def ids(tasks: Iterable[LabTask]) -> list[str]:
    return [task.id[-1] for task in tasks]


def test_a_heavy_task_waits_until_its_cores_are_free_and_nothing_overtakes_it() -> None:
    queue = TaskQueue(4)
    queue.submit(heavy(2, 3, 1, 1))
    assert (ids(queue.start()), queue.load) == (["0"], 7)
    assert queue.start() == []  # two cores are free, and the next one wants three
    queue.finish(LabTask("a.1.0"))
    assert (ids(queue.start()), queue.load) == (["1", "2"], 5)
    queue.fail(LabTask("a.1.2"))
    assert (ids(queue.start()), queue.load) == (["3"], 4)


def test_a_task_that_is_heavier_than_the_node_holds_all_of_it_and_stops_nobody_for_ever() -> None:
    queue = TaskQueue(2)
    queue.submit(heavy(1, WEIGHT_MOST, 1))
    assert ids(queue.start()) == ["0"]
    queue.finish(LabTask("a.1.0"))
    assert ids(queue.start()) == ["1"]
    queue.finish(LabTask("a.1.1"))
    assert ids(queue.start()) == ["2"]


def test_a_move_takes_load_and_leaves_what_is_too_heavy_for_it() -> None:
    queue = TaskQueue(4)
    queue.submit(heavy(1, 3, 3, 1, 2, 1))
    assert ids(queue.start()) == ["0", "1"]
    assert ids(queue.begin_move("m.1", 4)) == ["3", "4", "5"]
    assert queue.load == 7
    assert queue.begin_move("m.2", 2) == ()  # what is left is heavier
    assert ids(queue.begin_move("m.3", 9, keep=3)) == ["2", "0"]  # and of what runs only what may leave
    queue.interrupt("m.3", {"a.1.0", "a.1.2"})
    assert (queue.load, queue.counts().running) == (3, 1)
    for move in ("m.1", "m.3"):
        queue.abort_move(move)
    assert queue.load == 11
    assert ids(queue.start()) == ["0"]


def test_the_load_is_right_whatever_happens_to_what_is_held() -> None:
    queue = TaskQueue(3)
    queue.submit(heavy(2, 2, 3))
    queue.start()
    assert [queue.hold(f"a.1.{number}") for number in (0, 1)] == ["running", "assigned"]
    assert queue.load == 7
    queue.release("a.1.1")
    queue.cancel("a.1.0")
    assert (queue.load, ids(queue.start())) == (5, ["1"])
    assert queue.hold("a.1.2") == "assigned"
    queue.forget("a.1.2")
    queue.drop(LabTask("a.1.1"))
    assert (queue.load, queue.counts().running) == (0, 0)


def test_what_is_too_late_is_failed_where_it_waits_and_told_of_where_it_does_not() -> None:
    queue = TaskQueue(1)
    queue.submit(tasks(5))
    queue.start()
    queue.begin_move("m", 1)
    queue.hold("a.1.3")
    assert ids(queue.expire({"a.1.0", "a.1.1", "a.1.3", "a.1.4", "x"})) == ["1"]
    assert (queue.counts().failed, queue.load) == (1, 3)
    assert [queue.place_of(f"a.1.{number}") for number in range(5)] == [
        "running",
        "gone",
        "gone",
        "held",
        "held",
    ]
    assert queue.fail_running("a.1.0").id == "a.1.0"
    assert (queue.counts().failed, queue.counts().running) == (2, 0)


def test_a_task_that_is_to_be_tried_again_is_no_concern_of_its_node() -> None:
    queue = TaskQueue(1)
    queue.submit(tasks(2))
    queue.start()
    queue.retry(LabTask("a.1.0"))
    assert (queue.ids(), queue.counts().failed, queue.load) == (["a.1.1"], 0, 1)
    with pytest.raises(InvalidTransition, match="retry of"):
        queue.retry(LabTask("a.1.0"))


def test_a_task_that_becomes_urgent_starts_before_less_urgent_ones_and_after_urgent_ones() -> None:
    queue = TaskQueue(1)
    queue.submit([*tasks(3), LabTask("a.1.9", priority="high")])
    assert queue.hold("a.1.1") == "assigned"
    queue.set_priority("a.1.1", "high")
    assert queue.ids() == ["a.1.9", "a.1.1", "a.1.0", "a.1.2"]
    assert queue.hold("a.1.1") == "assigned"  # it is held no more


def test_of_those_that_are_suspected_to_end_their_node_one_runs_at_a_time() -> None:
    queue = TaskQueue(cpu=4)
    before, one, other, after = (LabTask(f"a.1.{number}", suspect=0 < number < 3) for number in range(4))
    queue.submit([before, one, other, after])
    assert queue.start() == [before, one]
    queue.finish(before)
    assert queue.start() == []  # nothing overtakes the other one
    queue.finish(one)
    assert queue.start() == [other, after]
    assert queue.hold(other.id) == "running"
    queue.cancel(other.id)
    queue.submit([one])
    assert queue.start() == [one]


def test_a_suspect_stays_one_where_it_moves() -> None:
    queue = TaskQueue(cpu=4)
    one, other = LabTask("a.1.1", suspect=True), LabTask("a.1.2", suspect=True)
    queue.submit([one, other])
    assert queue.start() == [one]
    queue.begin_move("m", 2, keep=0)
    queue.interrupt("m", {one.id})
    assert [task.suspect for task in queue.abort_move("m")] == []
    assert queue.start() == [one]
