"""The neighbours of a node, and how a frame reaches each of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from wire import limits
from wire.link import Connection, Link

DownHandler = Callable[[int], None]


class Peer(Protocol):
    """A neighbour.

    Attributes:
        index: its number in the topology.
        name: its name.
        knows_waves: whether it names the wave in its answers.
    """

    index: int
    name: str
    knows_waves: bool

    def send(self, text: bytes, wave: str, *, awaits_answer: bool) -> None:
        """Send a frame of `wave`, after the link's delay; `awaits_answer` if the peer will answer to it."""
        ...

    def answered(self) -> str | None:
        """Return the wave to which an answer without a wave belongs, and count it as answered."""
        ...

    def release(self, wave: str) -> None:
        """Stop waiting for the peer's answer in `wave`, which is over."""
        ...

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is a fact, not an exception
        """Return whether the peer answers a ping within `timeout` seconds."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class OwnPeer:
    """A neighbour of this lab: one link that stays.

    Args:
        index, name: the neighbour.
        url: its WebSocket.
        delay: seconds that each frame takes longer than it must; frames keep their order.
        on_down: told the index when the link breaks or cannot be opened.
    """

    knows_waves = True

    def __init__(self, index: int, name: str, url: str, delay: float, on_down: DownHandler) -> None:
        self.index = index
        self.name = name
        self._delay = delay
        self._on_down = on_down
        self._link = Link(url, on_down=self._down)
        self._probe: asyncio.Task[bool] | None = None

    def open(self) -> None:
        """Begin to open the link."""
        self._link.open()

    def send(self, text: bytes, wave: str, *, awaits_answer: bool) -> None:  # noqa: ARG002 - see Peer
        """Send a frame, after the link's delay."""
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._link.send, text)
        else:
            self._link.send(text)

    def answered(self) -> str | None:
        """Return None: such a peer names the wave itself."""
        return None

    def release(self, wave: str) -> None:
        """Do nothing: such a peer takes part in any number of waves."""

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - see Peer
        """Return whether the peer answers a ping; all who ask at the same time share one."""
        if self._probe is None or self._probe.done():
            self._probe = asyncio.get_running_loop().create_task(self._link.ping(timeout))
        return await asyncio.shield(self._probe)

    async def close(self) -> None:
        """Close the link."""
        if self._probe is not None:
            self._probe.cancel()
        await self._link.close()

    def _down(self) -> None:
        # What waits was meant for waves that now go on without this neighbour.
        self._link.forget_waiting()
        self._on_down(self.index)


class ForeignPeer:
    """A neighbour that is somebody else's program: a new connection for every frame.

    Since its answers name no wave, it gets the next request only when it has answered the last one.
    """

    knows_waves = False

    def __init__(self, index: int, name: str, url: str, delay: float, on_down: DownHandler) -> None:
        self.index = index
        self.name = name
        self._url = url
        self._delay = delay
        self._on_down = on_down
        self._asked: str | None = None
        self._waiting: deque[tuple[bytes, str]] = deque()
        self._sending: set[asyncio.Task[None]] = set()

    def send(self, text: bytes, wave: str, *, awaits_answer: bool) -> None:
        """Send a frame on a connection of its own; a request waits until the one before is answered."""
        if not awaits_answer:
            self._start(text)
        elif self._asked is None:
            self._asked = wave
            self._start(text)
        elif len(self._waiting) < limits.FOREIGN_WAITING:
            self._waiting.append((text, wave))
        else:
            self._on_down(self.index)

    def answered(self) -> str | None:
        """Return the wave that was asked, and send the next request."""
        wave = self._asked
        self._next()
        return wave

    def release(self, wave: str) -> None:
        """Take back what was asked in `wave`."""
        self._waiting = deque(item for item in self._waiting if item[1] != wave)
        if self._asked == wave:
            self._next()

    async def alive(self, timeout: float) -> bool:  # noqa: ASYNC109 - see Peer
        """Return whether a connection can be opened within `timeout` seconds."""
        try:
            connection = await asyncio.wait_for(Connection.open(self._url, _ignore_text, _ignore), timeout)
        except OSError:
            return False
        connection.close()
        return True

    async def close(self) -> None:
        """End what is being sent."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _next(self) -> None:
        self._asked = None
        if self._waiting:
            text, self._asked = self._waiting.popleft()
            self._start(text)

    def _start(self, text: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._send(text))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, text: bytes) -> None:
        await asyncio.sleep(self._delay)
        try:
            connection = await Connection.open(self._url, _ignore_text, _ignore)
        except OSError:
            self._on_down(self.index)
            return
        connection.send(text)
        connection.close()


def _ignore_text(_: bytes) -> None:
    """Do nothing with what the peer says on a connection that only carried our frame."""


def _ignore() -> None:
    """Do nothing."""
