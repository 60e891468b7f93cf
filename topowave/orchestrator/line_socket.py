"""Lines over one end of a socket pair, which never waits for the other end."""

from __future__ import annotations

import socket
from collections.abc import Callable

from topowave.orchestrator.limits import CONTROL_CHUNK_BYTES, CONTROL_LINE_BYTES


class LineTooLongError(Exception):
    """The other end sent more than any message may have."""


class LineSocket:
    """Reads and writes lines, as far as that can be done now.

    Args:
        end: made non-blocking, and closed by `close`.
        next_line: returns what is to be written next, with its newline; None where there is nothing.
    """

    def __init__(self, end: socket.socket, next_line: Callable[[], bytes | None]) -> None:
        end.setblocking(False)
        self.end = end
        self._next_line = next_line
        self._outgoing = memoryview(b"")
        self._incoming = bytearray()

    @property
    def is_writing(self) -> bool:
        """Whether a line has been begun that the socket has not taken whole yet."""
        return bool(self._outgoing)

    def write(self) -> bool:
        """Write what the socket takes now; False where the other end is gone, and the rest is lost."""
        while self._outgoing or self._fill():
            try:
                sent = self.end.send(self._outgoing)
            except BlockingIOError:
                return True
            except OSError:
                self._outgoing = memoryview(b"")
                return False
            self._outgoing = self._outgoing[sent:]
        return True

    def _fill(self) -> bool:
        line = self._next_line()
        self._outgoing = memoryview(line or b"")
        return line is not None

    def read(self) -> list[bytes] | None:
        """Return the lines that have come in whole; None where the other end is gone.

        Raises:
            LineTooLongError: a line is longer than `CONTROL_LINE_BYTES`.
        """
        try:
            data = self.end.recv(CONTROL_CHUNK_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not data:
            return None
        self._incoming += data
        if b"\n" not in data:
            if len(self._incoming) > CONTROL_LINE_BYTES:
                raise LineTooLongError(f"a message is longer than {CONTROL_LINE_BYTES} bytes")
            return []
        *lines, rest = bytes(self._incoming).split(b"\n")
        self._incoming = bytearray(rest)
        return [line for line in lines if line]

    def close(self) -> None:
        """Close this end."""
        self.end.close()
