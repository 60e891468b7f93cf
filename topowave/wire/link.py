"""An outgoing WebSocket that stays: it opens when needed, repairs itself, and says when its peer is gone.

Theory of operation. A link is in one of five states, by what it holds:

    idle        no connection, no task: nobody has sent anything yet
    opening     `_opening` runs: it tries, doubles its pause after each failure, and tries again for ever;
                half of a pause is chance, so that links which broke together come back apart
    open        `_connection` is open: `send` writes to the transport at once
    broken      the connection was lost: `_reopening` is a timer that begins to open after a pause
    closed      `close` was called; it never opens again

    idle --send, open--> opening --connected--> open --lost--> broken --pause--> opening
    opening, broken --hold--> held --release--> opening       (a partition: nothing opens meanwhile)

What must hold: frames leave in the order in which they were sent. So while any frame waits, a new one is put
behind it, even where the connection is open; and a connection that breaks keeps what it was given only as far
as the kernel took it: delivery is at most once, and the protocol above repairs what is lost. At most `keep`
frames wait; the oldest is dropped and counted. The pause grows as long as connections do not last
(`RECONNECT_MOST`), so that a peer that accepts only to close is not asked fifty times a second.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from topowave.wire import limits
from topowave.wire.connection import Connection, turns


def _ignore(_: bytes = b"") -> None:
    """Do nothing."""


def _jittered(pause: float) -> float:
    """Return a pause of at most so many seconds: the links of a process that broke together part ways."""
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - it need not be secret


class Link:
    """A connection to one peer that is opened when it is first needed, and again after each break.

    Args:
        url: the peer's WebSocket.
        on_open: called each time the link has been opened, before the frames that waited are sent.
        on_down: called when the link breaks, and when an attempt to open it fails.
        on_text: called with what the peer says on this connection (errors); by default it is ignored.
        keep: how many frames may wait while the link is down; 0 drops them.
        in_turn: whether it waits for its turn to be opened, behind all other links of the process.

    Attributes:
        dropped: how many frames were dropped.
        waits_for_turn: whether it waits for its turn now.
    """

    def __init__(
        self,
        url: str,
        *,
        on_open: Callable[[], None] | None = None,
        on_down: Callable[[], None] | None = None,
        on_text: Callable[[bytes], None] | None = None,
        keep: int = limits.UNSENT_FRAMES,
        in_turn: bool = True,
    ) -> None:
        self.url = url
        self._on_open = on_open or _ignore
        self._on_down = on_down or _ignore
        self._on_text = on_text or _ignore
        self._waiting: deque[bytes] = deque()
        self._keep = keep
        self._in_turn = in_turn
        self.waits_for_turn = False
        self.dropped = 0
        self._connection: Connection | None = None
        self._opening: asyncio.Task[None] | None = None
        self._reopening: asyncio.TimerHandle | None = None
        self._opened_at = 0.0
        self._pause = limits.RECONNECT_FIRST / 2
        self._closed = False
        self._held = False

    @property
    def is_open(self) -> bool:
        """Whether a frame would leave at once."""
        return self._connection is not None and self._connection.is_open

    @property
    def is_idle(self) -> bool:
        """Whether no frame waits to leave."""
        return not self._waiting

    def open(self) -> None:
        """Begin to open the link, if it is not open and nobody is at it."""
        if self._closed or self._held or self.is_open:
            return
        if self._opening is None or self._opening.done():
            self._opening = asyncio.get_running_loop().create_task(self._open())

    def send(self, text: bytes) -> None:
        """Send a frame, or keep it until the link is open; past `keep` the oldest is dropped and counted."""
        if self._connection is not None and not self._waiting:
            try:
                self._connection.send(text)
            except ConnectionError:
                pass
            else:
                return
        self._waiting.append(text)
        while len(self._waiting) > self._keep:
            self._waiting.popleft()
            self.dropped += 1
        self.open()

    def send_first(self, text: bytes) -> None:
        """Send a frame before those that wait; where the link is not open it is dropped."""
        if self._connection is not None:
            with suppress(ConnectionError):  # it is about to be lost
                self._connection.send(text)

    async def ping(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is a fact, not an exception
        """Return whether the peer answers within `timeout` seconds."""
        return self._connection is not None and await self._connection.ping(timeout)

    def forget_waiting(self) -> None:
        """Drop the frames that wait for the link."""
        self._waiting.clear()

    def abort(self) -> None:
        """Break the connection; it is opened again when needed."""
        if self._connection is not None:
            self._connection.abort()

    def hold(self) -> None:
        """Break the connection, and open none until `release`; frames wait as long as they may."""
        self._held = True
        if self._opening is not None:
            self._opening.cancel()
        self.abort()

    def release(self) -> None:
        """Open the link again."""
        self._held = False
        self.open()

    async def close(self) -> None:
        """Close for good."""
        self._closed = True
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._reopening is not None:
            self._reopening.cancel()
        if self._connection is not None:
            await self._connection.close()

    async def _open(self) -> None:
        pause = limits.RECONNECT_FIRST
        while not self._closed:
            try:
                self._connection = await self._connect()
            except OSError:
                self._on_down()
                await asyncio.sleep(_jittered(pause))
                pause = min(2 * pause, limits.RECONNECT_MOST)
            else:
                self._opened_at = asyncio.get_running_loop().time()
                self._on_open()
                self._send_waiting()
                return

    async def _connect(self) -> Connection:
        if not self._in_turn:
            return await Connection.open(self.url, self._on_text, self._lost, in_turn=False)
        self.waits_for_turn = True
        try:
            async with turns():
                self.waits_for_turn = False
                return await Connection.open(self.url, self._on_text, self._lost, in_turn=False)
        finally:
            self.waits_for_turn = False

    def _send_waiting(self) -> None:
        while self._waiting and self._connection is not None:
            try:
                self._connection.send(self._waiting[0])
            except ConnectionError:
                return  # it is about to be lost; the rest waits for the next one
            self._waiting.popleft()

    def _lost(self, connection: Connection) -> None:
        if connection is not self._connection:
            return  # it never opened, or another one has taken its place
        self._connection = None
        if not self._closed:
            loop = asyncio.get_running_loop()
            lasted = loop.time() - self._opened_at > limits.RECONNECT_MOST
            # A peer that takes connections only to close them is not asked fifty times a second.
            self._pause = limits.RECONNECT_FIRST if lasted else min(2 * self._pause, limits.RECONNECT_MOST)
            self._on_down()
            self._reopening = loop.call_later(_jittered(self._pause), self.open)
