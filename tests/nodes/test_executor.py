"""Tasks hold a core for their time, no more at once than cores, and burn none."""

from __future__ import annotations

import asyncio
import time

from nodes.executor import Executor
from tasks import Task, TaskQueue
from tests.wire.loop import eventually, on_uvloop


def queue_of(count: int, cpu: int) -> TaskQueue:
    queue = TaskQueue(cpu)
    queue.submit(Task(str(number)) for number in range(count))
    return queue


@on_uvloop
async def test_tasks_run_as_many_at_once_as_there_are_cores() -> None:
    queue = queue_of(6, cpu=2)
    seen: list[int] = []
    executor = Executor(queue, 0.05, lambda: seen.append(queue.counts().running))
    before, burnt = time.monotonic(), time.process_time()
    executor.proceed()
    assert (queue.counts().running, queue.counts().queued) == (2, 4)
    await eventually(lambda: queue.counts().done == 6)
    assert time.monotonic() - before >= 3 * 0.045
    assert max(seen) == 2
    assert time.process_time() - burnt < 0.1
    assert queue.load == 0


@on_uvloop
async def test_a_task_that_comes_while_cores_are_free_runs_at_once() -> None:
    queue = queue_of(1, cpu=2)
    executor = Executor(queue, 60, lambda: None)
    executor.proceed()
    queue.submit([Task("late")])
    assert queue.counts().running == 1
    executor.proceed()
    assert queue.counts().running == 2
    executor.stop()


@on_uvloop
async def test_a_stopped_executor_finishes_nothing() -> None:
    queue = queue_of(3, cpu=2)
    executor = Executor(queue, 0.01, lambda: None)
    executor.proceed()
    executor.stop()
    await asyncio.sleep(0.05)  # what must not happen has its time
    assert queue.counts().done == 0
