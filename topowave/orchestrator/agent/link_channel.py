"""The agent's end of the channel to its link; the agent never waits for it.

Of what the link has not taken yet only the newest of each kind is kept: it is the whole of its subject.
"""

from __future__ import annotations

import selectors
import socket

from topowave.orchestrator.agent.link_messages import Leave, ToLink, line_of
from topowave.orchestrator.limits import CONTROL_CHUNK_BYTES, CONTROL_LINE_BYTES
from topowave.wire.agents import Hello, Running

_ORDER = (Hello, Running, Leave)


class LinkBrokenError(Exception):
    """The link sent more than any message may have."""


class LinkChannel:
    """Lines to and from one link.

    Args:
        end: the agent's end of the socket pair; made non-blocking, and closed by `close`.
    """

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self.end = end
        self._waiting: dict[type, ToLink] = {}
        self._outgoing = memoryview(b"")
        self._incoming = bytearray()

    def say(self, message: ToLink) -> None:
        """Send a message, instead of an older one of its kind that has not been taken yet."""
        self._waiting[type(message)] = message
        self.write()

    @property
    def wants(self) -> int:
        """The selector's events that this end waits for."""
        waiting = bool(self._outgoing or self._waiting)
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0)

    def write(self) -> None:
        """Send what the socket takes now."""
        while self._outgoing or self._fill():
            try:
                sent = self.end.send(self._outgoing)
            except BlockingIOError:
                return
            except OSError:  # the link is gone; the next one is told everything anew
                self._outgoing = memoryview(b"")
                self._waiting.clear()
                return
            self._outgoing = self._outgoing[sent:]

    def read(self) -> list[bytes]:
        """Return the lines that have come in whole.

        Raises:
            LinkBrokenError: a line is too long.
        """
        try:
            data = self.end.recv(CONTROL_CHUNK_BYTES)
        except OSError:  # nothing there, or the link is gone, which its parent hears otherwise
            return []
        self._incoming += data
        if b"\n" not in data:
            if len(self._incoming) > CONTROL_LINE_BYTES:
                raise LinkBrokenError(f"a message is longer than {CONTROL_LINE_BYTES} bytes")
            return []
        *lines, rest = bytes(self._incoming).split(b"\n")
        self._incoming = bytearray(rest)
        return [line for line in lines if line]

    def close(self) -> None:
        """Close this end."""
        self.end.close()

    def _fill(self) -> bool:
        for kind in _ORDER:
            if kind in self._waiting:
                self._outgoing = memoryview(line_of(self._waiting.pop(kind)))
                return True
        return False
