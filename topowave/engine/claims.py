"""Who has a task that was given ahead: the worker that begins it, or the engine that takes it back.

Both ask here first, in memory that they share and under a lock, so that a task is never with both. The engine
takes back what waits behind a task that takes longer than its script usually does, and what is cancelled.
"""

from __future__ import annotations

import ctypes
import multiprocessing

from topowave.engine.limits import CLAIM_S

_BEGUN, _TAKEN = 0, 1


class Claims:
    """Those of one worker that runs a task after the other.

    Args:
        method: how its process is made, as in `multiprocessing`.
    """

    def __init__(self, method: str) -> None:
        context = multiprocessing.get_context(method)
        self._lock = context.Lock()
        self._state = context.RawArray(ctypes.c_ulonglong, 2)

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
