"""The parent's end of the control channel. Whatever the balancer does or fails to do, the parent never waits.

What the balancer is to be notified of is kept as a set of what has changed, not as a queue: a node's message
is written from its state when the socket takes it, so a balancer that was stopped for an hour gets one line a
node. Only answers queue, and while too many of them wait nothing more is read.
"""

from __future__ import annotations

import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterable

from topowave.orchestrator.limits import CONTROL_REPLIES
from topowave.orchestrator.line_socket import LineSocket


class ControlChannel:
    """Lines to and from one incarnation of the balancer.

    Args:
        end: the parent's end of the socket pair; made non-blocking, and closed by `close`.
        topology_line: writes the message about the network that runs now.
        node_line: writes the message about a node, or returns None for a node that is no more.
        config_line: writes the message about the settings as they are now.
        executors_line: writes the message about what tasks the nodes take now.
        wanted_line: writes what an agent is to run, or returns None for an agent that is gone.
    """

    def __init__(
        self,
        end: socket.socket,
        topology_line: Callable[[], bytes],
        node_line: Callable[[str], bytes | None],
        config_line: Callable[[], bytes],
        executors_line: Callable[[], bytes],
        wanted_line: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self.end = end
        self._lines = LineSocket(end, self._next_line)
        self._topology_line = topology_line
        self._node_line = node_line
        self._config_line = config_line
        self._executors_line = executors_line
        self._wanted_line = wanted_line
        self._topology_changed = False
        self._config_changed = False
        self._executors_changed = False
        self._nodes_changed: dict[str, None] = {}  # in the order of the changes
        self._agents_changed: dict[str, None] = {}
        self._answers: deque[bytes] = deque()
        self._open_to_read = True

    @property
    def wants(self) -> int:
        """The selector's events that this end waits for."""
        changed = self._topology_changed or self._config_changed or self._executors_changed
        some = self._nodes_changed or self._agents_changed
        waiting = self._lines.is_writing or bool(changed or some or self._answers)
        reading = self._open_to_read and len(self._answers) < CONTROL_REPLIES
        return (selectors.EVENT_WRITE if waiting else 0) | (selectors.EVENT_READ if reading else 0)

    def topology_changed(self) -> None:
        """Notify it of the network; what it was still to hear about nodes of the old one is dropped."""
        self._topology_changed = True
        self._nodes_changed.clear()

    def config_changed(self) -> None:
        """Notify it of the settings."""
        self._config_changed = True

    def executors_changed(self) -> None:
        """Notify it of what tasks the nodes take."""
        self._executors_changed = True

    def nodes_changed(self, names: Iterable[str]) -> None:
        """Notify it of the states of these nodes."""
        self._nodes_changed.update(dict.fromkeys(names))

    def agent_changed(self, name: str) -> None:
        """Have it pass on to an agent what that is to run."""
        self._agents_changed[name] = None

    def answer(self, line: bytes) -> None:
        """Answer a request."""
        self._answers.append(line)

    def write(self) -> None:
        """Send what the socket takes now."""
        if not self._lines.write():  # the balancer is gone; its next incarnation is notified of everything
            self._topology_changed = self._config_changed = self._executors_changed = False
            self._nodes_changed.clear()
            self._agents_changed.clear()
            self._answers.clear()

    def read(self) -> list[bytes]:
        """Return the lines that have come in whole.

        Raises:
            LineTooLongError: a line is too long.
        """
        lines = self._lines.read()
        if lines is None:
            self._open_to_read = False
        return lines or []

    def close(self) -> None:
        """Close this end."""
        self._lines.close()

    def _next_line(self) -> bytes | None:
        """Return the next line: network, settings, executors, nodes, agents, then answers about them."""
        line: bytes | None = None
        if self._topology_changed:
            self._topology_changed = False
            line = self._topology_line()
        elif self._config_changed:
            self._config_changed = False
            line = self._config_line()
        elif self._executors_changed:
            self._executors_changed = False
            line = self._executors_line()
        while line is None and self._nodes_changed:
            name = next(iter(self._nodes_changed))
            del self._nodes_changed[name]
            line = self._node_line(name)
        while line is None and self._agents_changed:
            name = next(iter(self._agents_changed))
            del self._agents_changed[name]
            line = self._wanted_line(name)
        if line is None and self._answers:
            line = self._answers.popleft()
        return line
