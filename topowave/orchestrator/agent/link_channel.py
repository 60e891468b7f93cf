"""The agent's end of the channel to its link; the agent never waits for it.

Of what the link has not taken yet only the newest of each kind is kept: it is the whole of its subject.
"""

from __future__ import annotations

import selectors
import socket

from topowave.orchestrator.agent.link_messages import Leave, ToLink, line_of
from topowave.orchestrator.line_socket import LineSocket
from topowave.wire.agents import Hello, Running

_ORDER = (Hello, Running, Leave)


class LinkChannel:
    """Lines to and from one link.

    Args:
        end: the agent's end of the socket pair; made non-blocking, and closed by `close`.
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._waiting: dict[type, ToLink] = {}
        self._lines = LineSocket(end, self._next_line)

    def say(self, message: ToLink) -> None:
        """Send a message, instead of an older one of its kind that has not been taken yet."""
        self._waiting[type(message)] = message
        self.write()

    @property
    def wants(self) -> int:
        """The selector's events that this end waits for."""
        waiting = self._lines.is_writing or bool(self._waiting)
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0)

    def write(self) -> None:
        """Send what the socket takes now."""
        if not self._lines.write():  # the link is gone; the next one is told everything anew
            self._waiting.clear()

    def read(self) -> list[bytes]:
        """Return the lines that have come in whole.

        Raises:
            LineTooLongError: a line is too long.
        """
        return self._lines.read() or []  # that the link is gone its parent hears otherwise

    def close(self) -> None:
        """Close this end."""
        self._lines.close()

    def _next_line(self) -> bytes | None:
        for kind in _ORDER:
            if kind in self._waiting:
                return line_of(self._waiting.pop(kind))
        return None
