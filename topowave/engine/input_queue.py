"""The tasks that wait for a worker: bounded, the most urgent first, and of the same priority the oldest."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from topowave.engine.task import Priority, TaskType
from topowave.engine.waiting_task import WaitingTask


class InputQueue:
    """Where tasks wait; many threads put, one takes.

    Who waits for room is woken when half of the queue is empty, or looks by itself when its time is over:
    to be woken for every task that leaves costs more than a tiny task.
    """

    def __init__(self, size: int) -> None:
        self.capacity = size
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._waiting = {kind: {priority: deque[WaitingTask]() for priority in Priority} for kind in TaskType}
        self._size = 0
        self.is_open = True

    @property
    def size(self) -> int:
        """How many tasks wait."""
        return self._size

    def size_of(self, kind: TaskType) -> int:
        """Return how many tasks of a kind wait."""
        return sum(map(len, self._waiting[kind].values()))

    def put(self, tasks: Sequence[WaitingTask], timeout_s: float) -> int:
        """Take tasks, the first ones first, as far as there is room.

        Args:
            tasks: of any kind.
            timeout_s: how long to wait for room for the first.

        Returns:
            How many were taken.
        """
        until_s = time.monotonic() + timeout_s
        with self._lock:
            while self.is_open and self._size >= self.capacity:
                left_s = until_s - time.monotonic()
                if left_s <= 0 or not self._room.wait(left_s):
                    break
            if not self.is_open:
                return 0
            taken = tasks[: max(0, self.capacity - self._size)]
            last: WaitingTask | None = None
            waiting = deque[WaitingTask]()
            for task in taken:
                if last is None or last.kind is not task.kind or last.priority is not task.priority:
                    waiting = self._waiting[task.kind][task.priority]
                waiting.append(task)
                last = task
            self._size += len(taken)
            return len(taken)

    def put_back(self, tasks: Sequence[WaitingTask]) -> None:
        """Take tasks that were here already, before all others of their priority, room or not."""
        with self._lock:
            for task in reversed(tasks):
                self._waiting[task.kind][task.priority].appendleft(task)
            self._size += len(tasks)

    def take(self, kind: TaskType, most: int, fits: Callable[[WaitingTask], bool]) -> list[WaitingTask]:
        """Return up to `most` tasks of a kind in their order, up to the first that does not fit."""
        taken: list[WaitingTask] = []
        with self._lock:
            for waiting in self._waiting[kind].values():
                while waiting and len(taken) < most and fits(waiting[0]):
                    taken.append(waiting.popleft())
                if waiting:
                    break
            self._size -= len(taken)
            if taken and self._size <= self.capacity // 2:
                self._room.notify_all()
        return taken

    def remove(self, task: WaitingTask) -> bool:
        """Take a task out; returns whether it was here."""
        with self._lock:
            try:
                self._waiting[task.kind][task.priority].remove(task)
            except ValueError:
                return False
            self._size -= 1
            self._room.notify_all()
            return True

    def close(self) -> None:
        """Take no more tasks; who waits for room gives up."""
        with self._lock:
            self.is_open = False
            self._room.notify_all()

    def clear(self) -> list[WaitingTask]:
        """Take everything out."""
        with self._lock:
            found = [task for queues in self._waiting.values() for queue in queues.values() for task in queue]
            for queues in self._waiting.values():
                for queue in queues.values():
                    queue.clear()
            self._size = 0
            self._room.notify_all()
            return found
