"""Runs the tasks of one node: each holds one of its cores for `task_time` seconds, and burns none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasks import Task, TaskQueue


class Executor:
    """Gives free cores to waiting tasks and takes them back when their time is over.

    Args:
        queue: the node's tasks.
        task_time: seconds for which a task holds its core.
        on_change: called after anything has changed in the queue.
    """

    def __init__(self, queue: TaskQueue, task_time: float, on_change: Callable[[], None]) -> None:
        self._queue = queue
        self._task_time = task_time
        self._on_change = on_change
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def proceed(self) -> None:
        """Start what can start; to be called whenever the queue has changed."""
        loop = asyncio.get_running_loop()
        for task in self._queue.start():
            self._timers[task.id] = loop.call_later(self._task_time, self._finish, task)
        self._on_change()

    def stop(self) -> None:
        """Run nothing any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _finish(self, task: Task) -> None:
        del self._timers[task.id]
        self._queue.finish(task)
        self.proceed()
