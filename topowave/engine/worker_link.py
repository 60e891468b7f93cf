"""What an engine and a worker process say to each other: pickled messages, each after its length.

The worker's side waits, the engine's side never does: what a worker does not take now is kept until it does.
"""

from __future__ import annotations

import pickle
import socket
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from topowave.engine.limits import ERROR_CHARACTERS, OUTBOX_BYTES, OUTPUT_CHARACTERS, RESULT_BYTES

_HEAD = struct.Struct("!I")
_READ_BYTES = 1 << 18
_MESSAGE_BYTES = RESULT_BYTES + 4 * (ERROR_CHARACTERS + OUTPUT_CHARACTERS) + OUTBOX_BYTES + 10_000
"""More than any message of a worker; what says that it is longer has gone astray."""


class Chunk(NamedTuple):
    """Tasks of one script that a worker is given together.

    Attributes:
        batch: what the engine can take back of it, together.
        script: the file, absolute.
        numbers: of the tasks.
        params: of each, as JSON.
    """

    batch: int
    script: str
    numbers: tuple[int, ...]
    params: tuple[str, ...]


class LinkBrokenError(Exception):
    """The other side is gone, or says what is no message."""


def packed(message: object) -> bytes:
    """Return a message with its length."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(data)) + data


class Frames:
    """Puts messages together from what a socket brings."""

    def __init__(self) -> None:
        self._data = bytearray()

    def take(self, data: bytes) -> Iterator[Any]:
        """Yield the messages that are complete now. Raises LinkBrokenError."""
        self._data += data
        begin = 0
        while len(self._data) - begin >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._data, begin)
            if length > _MESSAGE_BYTES:
                raise LinkBrokenError
            end = begin + _HEAD.size + length
            if len(self._data) < end:
                break
            try:
                message = pickle.loads(memoryview(self._data)[begin + _HEAD.size : end])  # noqa: S301 - of our worker
            except Exception as error:
                raise LinkBrokenError from error
            yield message
            begin = end
        del self._data[:begin]


class WorkerEnd:
    """The worker's side."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._frames = Frames()
        link.setblocking(True)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._link.fileno()

    def send(self, message: object) -> None:
        """Say something; waits until it is taken. Raises OSError."""
        self.send_packed(packed(message))

    def send_packed(self, data: bytes) -> None:
        """Say what is packed already. Raises OSError."""
        self._link.sendall(data)

    def receive(self) -> list[Any]:
        """Wait for messages; none if the engine is gone."""
        while data := self._link.recv(_READ_BYTES):
            if messages := list(self._frames.take(data)):
                return messages
        return []


class EngineEnd:
    """The engine's side."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._frames = Frames()
        self._unsent = bytearray()
        link.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._link.fileno()

    @property
    def is_full(self) -> bool:
        """Whether something has not been taken yet: `flush` when the socket can be written."""
        return bool(self._unsent)

    def send(self, message: object) -> None:
        """Say something, now or when it is taken. Raises LinkBrokenError."""
        self._unsent += packed(message)
        self.flush()

    def flush(self) -> None:
        """Write what is taken now. Raises LinkBrokenError."""
        try:
            while self._unsent:
                del self._unsent[: self._link.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError as error:
            raise LinkBrokenError from error

    def receive(self) -> list[Any]:
        """Return the messages that are there. Raises LinkBrokenError where the worker is gone."""
        try:
            data = self._link.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except OSError as error:
            raise LinkBrokenError from error
        if not data:
            raise LinkBrokenError
        return list(self._frames.take(data))

    def close(self) -> None:
        """Close it."""
        self._link.close()
