"""What a worker process has to say of tiny tasks: kept in memory that the engine shares, and said together.

To tell the engine of each task at once costs more than a tiny task does: both processes wake each time. What
is only kept must not be lost with the process, so it lies where the engine can read it when the process has
ended, or is stuck. A worker says first what it has kept and forgets it then: what was said may be found here
once more, but nothing is missed.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from typing import TYPE_CHECKING

from topowave.engine.limits import OUTBOX_BYTES
from topowave.engine.worker_link import Frames, LinkBrokenError, Outcome

if TYPE_CHECKING:
    SharedBytes = ctypes.Array[ctypes.c_ubyte]
else:
    SharedBytes = ctypes.Array

_LENGTH_BYTES = 4


def shared_bytes(method: str) -> SharedBytes:
    """Return memory for an outbox, which a new process can be given, made as `method` says."""
    return multiprocessing.get_context(method).RawArray(ctypes.c_ubyte, _LENGTH_BYTES + OUTBOX_BYTES)


class Outbox:
    """One worker's; the worker writes, the engine reads."""

    def __init__(self, shared: SharedBytes) -> None:
        self._bytes = memoryview(shared).cast("B")
        self._length = self._bytes[:_LENGTH_BYTES].cast("I")

    def add(self, data: bytes) -> bool:
        """Keep a packed outcome; returns False where there is no room."""
        begin = _LENGTH_BYTES + self._length[0]
        end = begin + len(data)
        if end > len(self._bytes):
            return False
        self._bytes[begin:end] = data
        self._length[0] = end - _LENGTH_BYTES  # last, so that the engine never reads half an outcome
        return True

    def data(self) -> bytes:
        """Return what is kept."""
        return bytes(self._bytes[_LENGTH_BYTES : _LENGTH_BYTES + self._length[0]])

    def clear(self) -> None:
        """Forget it, when it has been said."""
        self._length[0] = 0

    def outcomes(self) -> list[Outcome]:
        """Return what is kept, unpacked; what cannot be read is left out."""
        try:
            return [message for message in Frames().take(self.data()) if isinstance(message, Outcome)]
        except LinkBrokenError:
            return []
