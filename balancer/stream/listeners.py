"""The connections on `/ws`: clients are told of every finished wave, nodes bring its tree."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.websockets import WebSocket

from topowave.balancer.limits import BAD_FRAMES, LISTENER_FRAMES, LISTENERS
from topowave.wire import frames
from topowave.wire.limits import SEND_TIMEOUT


class _Listener:
    """One connection and the frames that wait for it."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque(maxlen=LISTENER_FRAMES)
        self.wake = asyncio.Event()

    def offer(self, text: str) -> None:
        """Leave a frame; past LISTENER_FRAMES the oldest goes."""
        self.waiting.append(text)
        self.wake.set()


class Listeners:
    """All connections on `/ws`.

    Args:
        on_answer: called with every `echo_back` frame that comes in.
    """

    def __init__(self, on_answer: Callable[[frames.EchoBack], None]) -> None:
        self._on_answer = on_answer
        self._listeners: set[_Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    def notify(self, frame: frames.EchoBack) -> None:
        """Pass a finished wave's tree to everybody who listens."""
        if self._listeners:
            text = frames.encode_frame(frame).decode()
            for listener in self._listeners:
                listener.offer(text)

    async def serve(self, websocket: WebSocket) -> None:
        """Take frames from one connection, and send it what it listens for, until it leaves."""
        await websocket.accept()
        listener = _Listener()
        if len(self._listeners) < LISTENERS:
            self._listeners.add(listener)
        sender = asyncio.get_running_loop().create_task(_send(websocket, listener))
        receiver = asyncio.get_running_loop().create_task(self._receive(websocket, listener))
        try:
            await asyncio.wait([sender, receiver], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._listeners.discard(listener)
            sender.cancel()
            receiver.cancel()
            await asyncio.gather(sender, receiver, return_exceptions=True)

    async def _receive(self, websocket: WebSocket, listener: _Listener) -> None:
        bad = 0
        while bad < BAD_FRAMES:
            event = await websocket.receive()
            if event["type"] != "websocket.receive":
                return
            answer = self._take(event.get("text") or event.get("bytes") or "", listener)
            if answer is not None:
                bad += 1
                listener.offer(frames.encode_frame(answer).decode())

    def _take(self, text: str | bytes, listener: _Listener) -> frames.Error | None:
        try:
            frame = frames.decode_frame(text)
        except frames.FrameError as error:
            return frames.Error("bad_frame", f"not understood: {error}")
        if isinstance(frame, frames.EchoBack):
            # Who brings trees is a node; it need not hear of its own.
            self._listeners.discard(listener)
            try:
                self._on_answer(frame)
            except RecursionError:  # what came so deep cannot be passed on, from one call deeper
                return frames.Error("bad_frame", "not understood: nested too deeply")
        elif not isinstance(frame, frames.Error):
            return frames.Error(
                "unexpected", "only echo_back is taken here; /echo_ws and /finn_ws start waves"
            )
        return None


async def _send(websocket: WebSocket, listener: _Listener) -> None:
    while True:
        await listener.wake.wait()
        listener.wake.clear()
        while listener.waiting:
            async with asyncio.timeout(SEND_TIMEOUT):
                await websocket.send_text(listener.waiting.popleft())
