"""How many tasks a worker is given at once, by how long their scripts usually take."""

from __future__ import annotations

import pytest

from topowave.engine import Priority, TaskType
from topowave.engine.attempts import Attempts
from topowave.engine.input_queue import InputQueue
from topowave.engine.limits import CHUNK_TASKS, SHORT_S
from topowave.engine.portions import Portions
from topowave.engine.waiting_task import WaitingTask
from topowave.engine.worker import Worker


class Given:
    """An input queue with tasks of one script, and one worker."""

    def __init__(self, count: int, usual_s: float | None, *, limit: int = 1) -> None:
        self.kind = TaskType.CPU_BOUND if limit == 1 else TaskType.IO_BOUND
        self.queue = InputQueue(1_000)
        self.attempts = Attempts()
        self.worker = Worker("w", self.kind, limit)
        self.portions = Portions(self.queue, self.attempts)
        self.tasks = [self._task(number) for number in range(1, count + 1)]
        if usual_s is not None:
            self.attempts.succeed(self._task(0), "1", usual_s, "", "w")
        self.queue.put(self.tasks, 0)

    def _task(self, number: int) -> WaitingTask:
        return WaitingTask(f"t-{number}", number, "a.py", "1", self.kind, Priority.MEDIUM, 60.0, 0)

    def give(self, ready: int = 1) -> int:
        """Give the worker what it can have now, and return how many tasks that were."""
        tasks = self.portions.next_for(self.worker, ready)
        self.worker.assigned.update((task.number, task) for task in tasks)
        return len(tasks)

    def end(self, count: int) -> None:
        """Let it be through with the first ones."""
        for number in [*self.worker.assigned][:count]:
            del self.worker.assigned[number]


def test_of_a_script_that_nobody_knows_yet_a_worker_has_one_task() -> None:
    given = Given(9, None)
    assert [given.give(), given.give()] == [1, 0]


def test_of_long_tasks_it_has_one_and_of_short_ones_another_that_waits() -> None:
    long, short = Given(9, 2 * SHORT_S), Given(9, SHORT_S / 2)
    assert [long.give(), long.give()] == [1, 0]
    assert [short.give(), short.give(), short.give()] == [1, 1, 0]


def test_of_tiny_ones_it_has_a_chunk_and_more_before_it_is_through() -> None:
    given = Given(900, 1e-6)
    assert [given.give(), given.give()] == [CHUNK_TASKS, 0]
    given.end(CHUNK_TASKS - CHUNK_TASKS // 4)
    assert given.give() == CHUNK_TASKS - CHUNK_TASKS // 4


@pytest.mark.parametrize(("ready", "first"), [(1, 10), (2, 5), (10, 1)])
def test_the_tiny_ones_that_are_left_are_shared(ready: int, first: int) -> None:
    given = Given(10, 1e-6)
    assert abs(given.give(ready) - first) <= 1


def test_one_with_threads_has_as_many_as_it_runs_and_some_short_ones_ahead() -> None:
    given = Given(90, SHORT_S / 2, limit=4)
    assert [given.give() for _ in range(6)] == [1, 1, 1, 1, 4, 0]
    given.end(1)
    assert given.give() == 0
    given.end(1)
    assert given.give() == 2
    long = Given(90, 2 * SHORT_S, limit=4)
    assert [long.give() for _ in range(5)] == [1, 1, 1, 1, 0]


def test_a_task_that_is_to_be_alone_is_given_alone() -> None:
    given = Given(3, SHORT_S / 2, limit=4)
    given.tasks[0].alone = True
    assert [given.give(), given.give()] == [1, 0]
    given.end(1)
    assert [given.give(), given.give()] == [1, 1]
