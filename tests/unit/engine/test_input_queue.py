"""The tasks that wait: bounded, in order, and nobody waits for room for ever."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from tests.support.waiting import until
from tests.unit.engine.conftest import waiting
from topowave.engine import Priority, TaskType
from topowave.engine.input_queue import InputQueue
from topowave.engine.waiting_task import WaitingTask

CPU, IO = TaskType.CPU_BOUND, TaskType.IO_BOUND
LONG_S = 60.0


def anyone(_: WaitingTask) -> bool:
    return True


@given(st.lists(st.tuples(st.sampled_from(TaskType), st.sampled_from(Priority)), max_size=30))
def test_the_most_urgent_comes_first_and_of_the_same_priority_the_oldest(
    kinds: list[tuple[TaskType, Priority]],
) -> None:
    queue = InputQueue(100)
    tasks = [waiting(number, kind, priority) for number, (kind, priority) in enumerate(kinds)]
    assert queue.put(tasks, 0.0) == len(tasks) == queue.size
    for kind in TaskType:
        ours = [task for task in tasks if task.kind is kind]
        assert queue.size_of(kind) == len(ours)
        taken = [task for _ in ours for task in queue.take(kind, 1, anyone)]
        assert taken == sorted(ours, key=lambda task: (task.priority, task.number))
    assert queue.size == 0
    assert queue.take(CPU, 5, anyone) == []


def test_it_takes_what_there_is_room_for() -> None:
    queue = InputQueue(2)
    tasks = [waiting(number) for number in range(3)]
    assert queue.put(tasks, 0.0) == 2
    assert queue.put(tasks[2:], 0.001) == 0
    assert queue.take(CPU, 1, anyone) == [tasks[0]]
    assert queue.put(tasks[2:], 0.0) == 1


def test_who_waits_for_room_has_it_as_soon_as_there_is_some() -> None:
    queue = InputQueue(1)
    queue.put([waiting(1)], 0.0)
    taken: list[int] = []
    puts = threading.Thread(target=lambda: taken.append(queue.put([waiting(2)], LONG_S)))
    puts.start()
    assert queue.remove(queue.take(CPU, 1, anyone)[0]) is False
    puts.join(LONG_S)
    assert (taken, queue.size) == ([1], 1)


def test_who_waits_for_room_gives_up_when_it_is_closed() -> None:
    queue = InputQueue(1)
    queue.put([waiting(1)], 0.0)
    taken: list[int] = []
    puts = threading.Thread(target=lambda: taken.append(queue.put([waiting(2)], LONG_S)))
    puts.start()
    until(lambda: puts.is_alive() or taken)
    queue.close()
    puts.join(LONG_S)
    assert taken == [0]
    assert queue.put([waiting(3)], LONG_S) == 0
    assert queue.take(CPU, 5, anyone) != []  # what is in it may still be done


def test_what_comes_back_is_the_next_whether_or_not_there_is_room() -> None:
    queue = InputQueue(1)
    first, second, late, urgent = (waiting(number) for number in range(4))
    urgent.priority = Priority.CRITICAL
    queue.put([late], 0.0)
    queue.put_back([first, second])
    queue.put_back([urgent])
    assert queue.size == 4
    assert queue.take(CPU, 9, anyone) == [urgent, first, second, late]


def test_it_gives_up_to_the_first_that_does_not_fit() -> None:
    queue = InputQueue(10)
    tasks = [waiting(number) for number in range(4)]
    queue.put([*tasks, waiting(9, priority=Priority.LOW)], 0.0)
    assert queue.take(CPU, 9, lambda task: task.number < 2) == tasks[:2]
    # A less urgent one that would fit does not overtake.
    assert queue.take(CPU, 9, lambda task: task.number == 9) == []
    assert queue.take(IO, 9, anyone) == []


def test_a_task_is_taken_out_once() -> None:
    queue = InputQueue(10)
    one, other = waiting(1, IO), waiting(2, IO)
    queue.put([one, other], 0.0)
    assert queue.remove(one) is True
    assert queue.remove(one) is False
    assert (queue.size, queue.size_of(IO)) == (1, 1)
    assert queue.clear() == [other]
    assert (queue.size, queue.size_of(IO), queue.clear()) == (0, 0, [])
