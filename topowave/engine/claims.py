"""Which tasks a worker has begun, in memory that it shares with the engine.

A worker that runs one task after the other and the engine both ask here, under a lock, who has a task that
was given ahead: the worker that begins it, or the engine that takes it back. The engine takes back what waits
behind a task that takes longer than its script usually does, and what is cancelled.

A worker with threads only notes what each is at. When it dies or is stuck, what it had not begun is not to
blame, and was not tried.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from typing import Any

from topowave.engine.limits import CLAIM_S

_TAKEN, _BEGUN = 0, 1


class Claims:
    """Those of one worker.

    Args:
        method: how its process is made, as in `multiprocessing`.
        limit: how many tasks it runs at once.
    """

    def __init__(self, method: str, limit: int) -> None:
        context = multiprocessing.get_context(method)
        self._lock = context.Lock()
        self._shared = context.RawArray(ctypes.c_ulonglong, _BEGUN + limit)
        self._open()

    def _open(self) -> None:
        # A view is several times as quick as the array, and as much as a tiny task may cost.
        self._state = memoryview(self._shared).cast("B").cast("Q")

    def __getstate__(self) -> tuple[object, object]:
        return self._lock, self._shared

    def __setstate__(self, state: tuple[Any, Any]) -> None:
        self._lock, self._shared = state
        self._open()

    def note(self, thread: int, number: int) -> None:
        """Note what a thread is at: the number of a task."""
        self._state[_BEGUN + thread] = number

    def note_end(self, thread: int, number: int) -> None:
        """Note that the engine was told of a task, unless its thread is at another one by now."""
        if self._state[_BEGUN + thread] == number:
            self._state[_BEGUN + thread] = 0

    def begun(self) -> set[int]:
        """Return the numbers of the tasks that the threads are at."""
        return {*self._state[_BEGUN:]} - {0}

    def begin(self, number: int, batch: int) -> bool:
        """Let the worker begin a task, unless its batch was taken back.

        Args:
            number: of the task.
            batch: of the tasks that it was given with; counted from 1.
        """
        with self._lock:
            if batch <= self._state[_TAKEN]:
                return False
            self._state[_BEGUN] = number
            return True

    def take_back(self, batch: int) -> int | None:
        """Let the worker begin no more of a batch, and of those before it.

        Returns:
            The number of the task that it began last; None where it holds the lock, since it is stopped or
            has ended: then nothing was taken back.
        """
        if not self._lock.acquire(timeout=CLAIM_S):
            return None
        try:
            self._state[_TAKEN] = batch
            return self._state[_BEGUN]
        finally:
            self._lock.release()
