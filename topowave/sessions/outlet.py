"""What goes to one page over its WebSocket: answers, and what is pushed in between, no more than it takes.

An answer is sent before the next ask is taken, so no more than one waits. Of what is pushed, the last
progress replaces the one before, and of what a class prints a bounded part waits; the rest is counted. A page
that does not read for ANSWER_TIMEOUT loses its WebSocket.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from topowave.sessions.limits import ANSWER_TIMEOUT, PRINTED_CHARS
from topowave.sessions.protocol import Ended, Printed, Progress

GOING_AWAY = 1001
"""WebSocket's code for a peer that is left."""


class Outlet:
    """The way to one page.

    Attributes:
        lost: set when nothing can be sent any more.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self.lost = asyncio.Event()
        self._websocket = websocket
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._progress: Progress | None = None
        self._printed: list[str] = []
        self._chars = 0
        self._left_out = 0
        self._at = 0

    async def send(self, frame: bytes) -> None:
        """Send an answer, or an end, behind what was printed before it; nothing where the page is gone."""
        async with self._turn:
            await self._send_waiting()
            await self._send(frame)

    async def end(self, ended: Ended) -> None:
        """Say that the session is over."""
        await self.send(msgspec.json.encode(ended))

    def progress(self, at: int) -> None:
        """Push how far something has come, sooner or later."""
        self._progress = Progress(at)
        self._wake.set()

    def printed(self, at: int, words: str) -> None:
        """Push what a class prints, sooner or later."""
        kept = words[: max(0, PRINTED_CHARS - self._chars)]
        self._at = at
        self._chars += len(kept)
        self._left_out += len(words) - len(kept)
        if kept:
            self._printed.append(kept)
        self._wake.set()

    async def push(self) -> None:
        """Send what is pushed, until the page is gone."""
        while not self.lost.is_set():
            await self._wake.wait()
            async with self._turn:
                await self._send_waiting()

    async def _send_waiting(self) -> None:
        self._wake.clear()
        progress, self._progress = self._progress, None
        if self._printed or self._left_out:
            printed = Printed(self._at, "".join(self._printed), self._left_out)
            self._printed, self._chars, self._left_out = [], 0, 0
            await self._send(msgspec.json.encode(printed))
        if progress is not None:
            await self._send(msgspec.json.encode(progress))

    async def _send(self, frame: bytes) -> None:
        if self.lost.is_set():
            return
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await self._websocket.send_text(frame.decode())
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            self.lost.set()

    async def hang_up(self, reason: str) -> None:
        """Close the WebSocket."""
        self.lost.set()
        with suppress(RuntimeError, OSError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await self._websocket.close(GOING_AWAY, reason)
