"""Tasks that wait: urgent ones start first and move last, and as urgent ones keep their order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.tasks import LabTask, QueueCounts, Recovered, TaskQueue
from topowave.tasks.disciplines.priority import MostUrgentFirst
from topowave.tasks.disciplines.registry import DISCIPLINES, find_discipline
from topowave.tasks.limits import MOVE_LOOK
from topowave.tasks.script import PRIORITIES, Kind, Priority
from topowave.tasks.waiting import WaitingTasks


def task(number: int, priority: Priority = "medium", kind: Kind = "script") -> LabTask:
    return LabTask(f"a.1.{number}", kind=kind, priority=priority)


BOTH_WAYS: list[Priority] = [*reversed(PRIORITIES), *PRIORITIES]
MIXED = [task(number, priority) for number, priority in enumerate(BOTH_WAYS)]
"""Two of each priority: 3 and 4 are critical, 2 and 5 high, 1 and 6 medium, 0 and 7 low."""
IN_ORDER = ["3", "4", "2", "5", "1", "6", "0", "7"]


def waiting() -> WaitingTasks:
    found = WaitingTasks(MostUrgentFirst(0).key)
    found.extend(MIXED)
    return found


def numbers(tasks: Iterable[LabTask | None]) -> list[str]:
    return [each.id.removeprefix("a.1.") for each in tasks if each is not None]


def test_urgent_tasks_start_first_and_as_urgent_ones_in_their_order() -> None:
    found = waiting()
    assert (len(found), numbers(list(found))) == (8, IN_ORDER)
    assert numbers([found.start(1) for _ in MIXED]) == IN_ORDER
    assert not found
    assert found.start(1) is None


def test_what_comes_first_comes_before_as_urgent_ones_only() -> None:
    found = waiting()
    found.extend_first([task(8, "high"), task(9, "high"), task(10, "low")])
    assert numbers(list(found)) == ["3", "4", "8", "9", "2", "5", "1", "6", "10", "0", "7"]


def test_the_least_urgent_move_first() -> None:
    found = waiting()
    assert numbers(found.take_last(3)) == ["6", "0", "7"]
    assert numbers(list(found)) == IN_ORDER[:5]
    assert numbers(found.take_last(9)) == IN_ORDER[:5]
    assert not found


def test_where_no_scripts_may_move_they_stay_in_their_order() -> None:
    found = waiting()
    found.extend([task(8, kind="emulated"), task(9), task(10, kind="emulated")])
    assert numbers(found.take_last(5, lambda task: task.kind == "emulated")) == ["8", "10"]
    assert numbers(list(found)) == ["3", "4", "2", "5", "1", "6", "9", "0", "7"]


@pytest.mark.parametrize("number", range(8))
def test_a_task_that_was_taken_out_is_put_back_where_it_was(number: int) -> None:
    found = waiting()
    taken = found.take_out(f"a.1.{number}")
    assert taken is not None
    assert taken[0] is MIXED[number]
    assert found.take_out(f"a.1.{number}") is None
    assert MIXED[number] not in found
    found.put_back(*taken)
    assert numbers(list(found)) == IN_ORDER
    assert MIXED[number] in found


def test_a_task_keeps_its_turn_though_others_have_started_meanwhile() -> None:
    found = waiting()
    high, medium = found.take_out("a.1.5"), found.take_out("a.1.6")
    assert high is not None
    assert medium is not None
    assert numbers([found.start(1) for _ in range(3)]) == ["3", "4", "2"]
    found.put_back(*medium)
    found.put_back(*high)
    assert numbers(list(found)) == ["5", "1", "6", "0", "7"]


def test_a_queue_starts_an_urgent_task_next_whatever_came_before_it() -> None:
    queue = TaskQueue(1)
    queue.recover(Recovered((task(0), task(1, "low"), task(2, "critical")), 3, 1, 3, 0, 0, 0))
    started: list[LabTask] = []
    queue.submit([task(3, "high"), task(4, kind="emulated")])
    while now := queue.start():
        started += now
        if len(started) == 2:
            queue.submit([task(5, "critical")])
        queue.finish(now[0])
    assert numbers(started) == ["2", "3", "5", "0", "4", "1"]
    assert queue.counts() == QueueCounts(0, 0, 0, completed=6, failed=0, cancelled=0, submitted=5 + 1)


def test_a_move_takes_the_least_urgent_and_where_it_fails_they_wait_again_as_urgent_as_before() -> None:
    queue = TaskQueue(1)
    queue.submit(MIXED)
    assert numbers(list(queue.begin_move("m", 3))) == ["6", "0", "7"]
    queue.abort_move("m")
    assert [each.removeprefix("a.1.") for each in queue.ids()] == IN_ORDER


@given(st.data())
def test_the_weight_is_that_of_all_tasks_that_are_here(data: st.DataObject) -> None:
    found, number = WaitingTasks(find_discipline(data.draw(st.sampled_from([*DISCIPLINES])))(5.0).key), 0
    urgency = st.sampled_from(PRIORITIES)
    for _ in range(data.draw(st.integers(0, 12))):
        step = data.draw(
            st.sampled_from(["extend", "extend_first", "start", "take_last", "out", "all", "back", "sort"])
        )
        here = list(found)
        if step.startswith("extend"):
            new = LabTask(
                f"a.1.{number}",
                priority=data.draw(urgency),
                weight=data.draw(st.integers(1, 4)),
                deadline=data.draw(st.sampled_from([None, 1.0, 2.0])),
                duration=data.draw(st.sampled_from([None, 1.0, 9.0])),
            )
            number += 1
            (found.extend if step == "extend" else found.extend_first)([new])
        elif step == "start":
            started = found.start(free := data.draw(st.integers(0, 4)))
            assert started == (here[0] if here and here[0].weight <= free else None)
        elif step == "take_last":
            taken = found.take_last(most := data.draw(st.integers(0, 8)), lambda task: task.id != "a.1.1")
            assert sum(task.weight for task in taken) <= most
            assert [task for task in here if task not in taken] == list(found)
        elif step == "all":
            taken = found.take_out_all(wanted := {"a.1.0", "a.1.2", "a.1.3"})
            assert {task.id for task in taken} == wanted & {task.id for task in here}
        elif step == "sort":
            found.sort_by(key := find_discipline(data.draw(st.sampled_from([*DISCIPLINES])))(5.0).key)
            assert [key(task) for task in found] == sorted(map(key, here))
            assert {task.id for task in found} == {task.id for task in here}
        elif here:
            out = found.take_out(data.draw(st.sampled_from(here)).id)
            assert out is not None
            if step == "back":
                found.put_back(*out)
                assert list(found) == here
        assert found.weight == sum(task.weight for task in found)
        assert len(found) == len(list(found))


@pytest.mark.parametrize(
    ("name", "order"),
    [("fcfs", "01234"), ("priority", "20143"), ("edf", "41023"), ("sjf", "31204")],
)
def test_what_waits_is_sorted_anew_and_equal_ones_are_in_the_order_in_which_they_came(
    name: str, order: str
) -> None:
    found = waiting()
    found.take_last(99)
    found.extend(
        [
            LabTask("a.1.0", deadline=30.0),
            LabTask("a.1.1", deadline=20.0, duration=2.0),
            LabTask("a.1.2", priority="critical", duration=4.0),
            LabTask("a.1.3", priority="low", duration=1.0),
            LabTask("a.1.4", deadline=10.0, kind="script"),
        ]
    )
    found.sort_by(find_discipline("sjf")(1.5).key)
    found.sort_by(find_discipline(name)(5.0).key)
    assert numbers(list(found)) == list(order)
    assert numbers([found.start(1) for _ in range(5)]) == list(order)


def test_a_task_that_is_held_while_what_waits_is_sorted_anew_comes_back_in_its_turn() -> None:
    found = WaitingTasks(MostUrgentFirst(0).key)
    found.extend([task(0, "low"), task(1, "high"), task(2, "medium")])
    held = found.take_out("a.1.1")
    assert held is not None
    found.sort_by(find_discipline("fcfs")(0).key)
    found.put_back(*held)
    assert numbers(list(found)) == ["0", "1", "2"]


def test_where_priorities_do_not_count_a_task_that_becomes_urgent_stays_where_it_was() -> None:
    queue = TaskQueue(1, discipline=find_discipline("fcfs")(0))
    queue.submit([task(0), task(1), task(2)])
    assert queue.hold("a.1.1") == "assigned"
    assert queue.stays_in_turn("a.1.1", "critical")
    queue.set_priority("a.1.1", "critical")
    assert [each.removeprefix("a.1.") for each in queue.ids()] == ["0", "1", "2"]
    queue.set_discipline(MostUrgentFirst(0))
    assert [each.removeprefix("a.1.") for each in queue.ids()] == ["1", "0", "2"]


def test_a_receiver_that_may_have_nothing_costs_no_look_at_a_whole_long_queue() -> None:
    found = WaitingTasks(MostUrgentFirst(0).key)
    found.extend(LabTask(f"a.1.{number}") for number in range(MOVE_LOOK + 5))
    asked: list[str] = []

    def may(task: LabTask) -> bool:
        asked.append(task.id)
        return False

    assert found.take_last(1, may) == []
    assert (len(asked), len(found)) == (MOVE_LOOK, MOVE_LOOK + 5)
    assert [task.id for task in found] == [f"a.1.{number}" for number in range(MOVE_LOOK + 5)]
