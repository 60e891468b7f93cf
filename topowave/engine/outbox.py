"""What a worker process has to say of its tasks: kept in memory that the engine shares, and said together.

To tell the engine of each task at once costs more than a tiny task does: both processes wake each time. What
is only kept must not be lost with the process, so it lies where the engine can read it when the process has
ended, or is stuck. A worker says first what it has kept and forgets it then: what was said may be found here
once more, but nothing is missed.

There are two halves. While what is in one is said, what comes meanwhile goes into the other: nobody who is
through with a task waits until the engine has taken what others have to say.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from typing import TYPE_CHECKING

from topowave.engine.limits import OUTBOX_BYTES
from topowave.engine.outcomes import Outcome, read

if TYPE_CHECKING:
    SharedBytes = ctypes.Array[ctypes.c_ubyte]
else:
    SharedBytes = ctypes.Array

_HEAD_BYTES = 8
_LENGTH, _CLEARED = 0, 1
_HALF_BYTES = _HEAD_BYTES + OUTBOX_BYTES


def shared_bytes(method: str) -> SharedBytes:
    """Return memory for an outbox, which a new process can be given, made as `method` says."""
    return multiprocessing.get_context(method).RawArray(ctypes.c_ubyte, 2 * _HALF_BYTES)


class _Half:
    """Its head says how many bytes are kept, and how often it was cleared (modulo 2^32)."""

    def __init__(self, memory: memoryview) -> None:
        self._head = memory[:_HEAD_BYTES].cast("I")
        self._bytes = memory[_HEAD_BYTES:]

    def add(self, data: bytes) -> bool:
        begin = self._head[_LENGTH]
        end = begin + len(data)
        if end > OUTBOX_BYTES:
            return False
        self._bytes[begin:end] = data
        self._head[_LENGTH] = end  # last, so that the engine never reads half an outcome
        return True

    def data(self) -> bytes:
        return bytes(self._bytes[: self._head[_LENGTH]])

    def clear(self) -> None:
        self._head[_CLEARED] = (self._head[_CLEARED] + 1) & 0xFFFFFFFF
        self._head[_LENGTH] = 0

    def outcomes(self) -> list[Outcome]:
        cleared = self._head[_CLEARED]
        data = self.data()
        if self._head[_CLEARED] != cleared:
            return []  # it was said while it was read here
        try:
            return list(read(data))
        except ValueError:
            return []


class Outbox:
    """One worker's; the worker writes, under a lock of its own, and the engine reads."""

    def __init__(self, shared: SharedBytes) -> None:
        memory = memoryview(shared).cast("B")
        self._filling, self._saying = _Half(memory[:_HALF_BYTES]), _Half(memory[_HALF_BYTES:])

    def add(self, record: bytes) -> bool:
        """Keep an outcome; returns False where there is no room."""
        return self._filling.add(record)

    def turn(self) -> bytes:
        """Return what is to be said now; what comes from now on is kept for the next time."""
        self._filling, self._saying = self._saying, self._filling
        return self._saying.data()

    def clear(self) -> None:
        """Forget what `turn` returned, when it has been said."""
        self._saying.clear()

    def outcomes(self) -> list[Outcome]:
        """Return what is kept, the engine's way; what cannot be read is left out."""
        return [*self._filling.outcomes(), *self._saying.outcomes()]
