"""The event stream of `/stream`: every browser gets a snapshot, then numbered deltas; none can slow the lab.

A frame is encoded once for all. Each client has a slot for one frame: a client that has not taken the last
one when the next comes is behind, and gets a fresh snapshot once it reads again. A client that does not read
for SEND_TIMEOUT is dropped. Where nothing changes, a delta without news says every STREAM_HEARTBEAT that the
line is alive. With nobody watching, nothing is encoded.
"""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket

from topowave.balancer.limits import STREAM_CLIENTS, STREAM_HEARTBEAT, STREAM_INTERVAL
from topowave.balancer.stream.view import LabView
from topowave.wire.limits import SEND_TIMEOUT

TRY_AGAIN_LATER = 1013


class _Client:
    """One browser: the frame that waits for it, or that it is behind."""

    def __init__(self) -> None:
        self.slot: str | None = None
        self.behind = True
        self.wake = asyncio.Event()
        self.wake.set()

    def offer(self, frame: str, *, snapshot: bool) -> None:
        """Leave a frame for the browser to take, the latest instead of an older one."""
        if snapshot:
            self.slot, self.behind = frame, False
        elif self.slot is not None:
            self.slot, self.behind = None, True
        elif not self.behind:
            self.slot = frame
        self.wake.set()


class StreamHub:
    """All browsers on `/stream`.

    Args:
        view: what they are shown.
    """

    def __init__(self, view: LabView) -> None:
        self._view = view
        self._clients: set[_Client] = set()
        self._seq = 1
        self._flushed = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._fresh: str | None = None
        self._cursor = view.now()

    def __len__(self) -> int:
        return len(self._clients)

    def touch(self) -> None:
        """Note that something changed: a frame leaves STREAM_INTERVAL after the last one."""
        if self._clients:
            self._plan(self._flushed + STREAM_INTERVAL)

    async def serve(self, websocket: WebSocket) -> None:
        """Show the lab to one browser until it leaves or stops reading."""
        if len(self._clients) >= STREAM_CLIENTS:
            await websocket.close(TRY_AGAIN_LATER, f"{STREAM_CLIENTS} browsers are watching already")
            return
        await websocket.accept()
        if not self._clients:
            self._cursor, self._fresh = self._view.now(), None
        client = _Client()
        self._clients.add(client)
        self._plan(asyncio.get_running_loop().time() + STREAM_HEARTBEAT)
        sender = asyncio.get_running_loop().create_task(self._send(websocket, client))
        receiver = asyncio.get_running_loop().create_task(_until_gone(websocket))
        try:
            await asyncio.wait([sender, receiver], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._clients.discard(client)
            sender.cancel()
            receiver.cancel()
            await asyncio.gather(sender, receiver, return_exceptions=True)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _plan(self, due: float) -> None:
        """Let a frame leave at `due` (s of the loop's clock), unless one leaves before."""
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = asyncio.get_running_loop().call_at(due, self._flush)

    def _flush(self) -> None:
        self._timer = None
        self._flushed = asyncio.get_running_loop().time()
        if not self._clients:
            return
        self._plan(self._flushed + STREAM_HEARTBEAT)
        self._seq += 1
        self._fresh = None
        since, self._cursor = self._cursor, self._view.now()
        delta = self._view.delta(self._seq, since, self._cursor)
        frame = self._snapshot() if delta is None else delta.model_dump_json()
        for client in self._clients:
            client.offer(frame, snapshot=delta is None)

    def _snapshot(self) -> str:
        if self._fresh is None:
            self._fresh = self._view.snapshot(self._seq, self._cursor).model_dump_json()
        return self._fresh

    async def _send(self, websocket: WebSocket, client: _Client) -> None:
        while True:
            await client.wake.wait()
            client.wake.clear()
            if client.behind:
                frame: str | None = self._snapshot()
                client.slot, client.behind = None, False
            else:
                frame, client.slot = client.slot, None
            if frame is not None:
                async with asyncio.timeout(SEND_TIMEOUT):
                    await websocket.send_text(frame)


async def _until_gone(websocket: WebSocket) -> None:
    """Read what a browser says, which means nothing, until it leaves."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
