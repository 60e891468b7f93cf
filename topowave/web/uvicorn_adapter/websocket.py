"""The server's side of a WebSocket, with a short way for what a lab sends most: whole text frames.

uvicorn's protocol puts every message into a queue, stops reading, and wakes the application's task, which
takes it out and lets it read on. That costs more than all the rest of a message's way. So an application may
leave a function instead (`take_texts`), which is called with each text frame at once, in the event in which
it came. Everything else (handshakes, pings, closing, fragments, broken frames) goes the library's way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.http11 import Request

from topowave.web.uvicorn_adapter.frame_splitter import FramePiece, FrameSplitter
from topowave.web.uvicorn_adapter.timeouts import TimeoutWebSocket
from topowave.web.uvicorn_adapter.unfinished import UnfinishedFrame
from topowave.wire import limits

OnText = Callable[[bytes | str], bytes | None]
"""Takes the text of a frame, and returns the text of an answer or None."""

POLICY = 1008
"""WebSocket's code for a peer that does not keep to what was agreed."""

_BROKEN = {1002, 1007, 1009}
"""WebSocket's codes for a frame that breaks the protocol, is no UTF-8, or is too long."""

_EXTENSION = "topowave.texts"
_log = logging.getLogger(__name__)


class HangUp(Exception):  # noqa: N818 - a wish, not a mistake
    """Raised by a function that takes texts: close the connection, with this reason."""


async def take_texts(websocket: WebSocket, on_text: OnText) -> None:
    """Give every text frame of an accepted connection to `on_text`, until the peer leaves.

    Must be called right after `accept`. A peer that does not read its answers for SEND_TIMEOUT loses the
    connection.
    """
    register = websocket.scope.get("extensions", {}).get(_EXTENSION)
    if register is not None:
        register(on_text)
    while True:
        event = await websocket.receive()
        if event["type"] != "websocket.receive":
            return
        try:
            answer = on_text(event.get("text") or event.get("bytes") or "")
        except HangUp as reason:
            await websocket.close(POLICY, str(reason))
            return
        if answer is not None:
            try:
                async with asyncio.timeout(limits.SEND_TIMEOUT):
                    await websocket.send_text(answer.decode())
            except (TimeoutError, RuntimeError, WebSocketDisconnect):
                return


class TextWebSocket(TimeoutWebSocket):
    """uvicorn's WebSocket protocol, and the short way for text frames."""

    _on_text: OnText | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unfinished = UnfinishedFrame(lambda: self.transport.abort())  # noqa: PLW0108 - there is none yet

    def handle_connect(self, event: Request) -> None:
        """Offer the short way to the application."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast("dict[str, object]", self.scope.get("extensions"))[_EXTENSION] = self._take_texts

    def _take_texts(self, on_text: OnText) -> None:
        self._on_text = on_text
        self._splitter = FrameSplitter(limits.FRAME_BYTES)

    def data_received(self, data: bytes) -> None:
        """Take text frames the short way, and leave everything else to the library."""
        if self._on_text is None:
            super().data_received(data)
            self._watch_unfinished(0)
            return
        text = self._splitter.whole(data)
        if text is not None:
            self._take(self._on_text, text)
            return
        for cut, piece in self._splitter.split(data):
            if self.close_sent or self.transport.is_closing():
                return
            if cut is FramePiece.TEXT:
                self._take(self._on_text, piece)
            else:
                super().data_received(piece)
        self._watch_unfinished(self._splitter.unfinished)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what has not ended."""
        self._unfinished.is_now(0)
        super().connection_lost(exc)

    def _watch_unfinished(self, kept: int) -> None:
        """Look at what is kept of a message that has not ended, here and by the library."""
        if self.close_sent or self.transport.is_closing():
            return
        if not self._unfinished.is_now(kept + len(self.conn.reader.buffer) + sum(map(len, self.frames))):
            self.conn.fail(POLICY, "too many unfinished frames; try again")
            self.handle_parser_exception()

    def send_receive_event_to_app(self) -> None:
        """Give a message that came the long way to the function, if there is one."""
        if self.curr_msg_data_type == "text" and not self._is_utf8(b"".join(self.frames)):
            # Said here, since the library writes a traceback for it, whoever the client is.
            self.frames = []
            if not self.close_sent:
                self.conn.fail(1007)
                self.handle_parser_exception()
            return
        if self._on_text is None:
            super().send_receive_event_to_app()
            return
        message, self.frames = b"".join(self.frames), []
        self._take(self._on_text, message)

    @staticmethod
    def _is_utf8(message: bytes) -> bool:
        try:
            message.decode()
        except UnicodeDecodeError:
            return False
        return True

    def _take(self, on_text: OnText, text: bytes) -> None:
        try:
            answer = on_text(text)
        except HangUp as reason:
            self.conn.fail(POLICY, str(reason))
            self.handle_parser_exception()
            return
        if answer is not None:
            self.conn.send_text(answer)
            self.transport.write(b"".join(self.conn.data_to_send()))

    def handle_parser_exception(self) -> None:
        """Close, and say in the log why a program was left whose frames are none.

        All that it knows is that its connection was closed, and a wave that waits for it that it is missing.
        """
        said = self.conn.close_sent
        if self._on_text is not None and said is not None and said.code in _BROKEN:
            _log.warning("a WebSocket's frames are none, so it is closed: %s (%d)", said.reason, said.code)
        super().handle_parser_exception()

    def pause_writing(self) -> None:
        """Read no more from a client that does not read its answers."""
        super().pause_writing()
        if self._on_text is not None:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        super().resume_writing()
        if self._on_text is not None and not self.transport.is_closing():
            self.transport.resume_reading()
