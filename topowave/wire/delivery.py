"""Brings one frame to a program that is none of ours: open, send, close, and know whether it was accepted.

Such a program may leave after a frame, so no connection to it is kept: on one that is kept, a frame could
vanish without a word. An `http://` address that leads to a `/ws` means the WebSocket there, as in the lab
course; any other one gets a POST, and a WebSocket where it takes no POST.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from topowave.wire import frames
from topowave.wire.connection import Connection, RefusedHandshakeError
from topowave.wire.http_post import NotAcceptedError, post

NO_POST_HERE = frozenset({404, 405, 426})
"""Statuses with which a program answers a POST to its WebSocket."""


async def deliver(url: str, text: bytes) -> None:
    """Bring a frame to `url`. Raises OSError, with the reason, where it is not accepted there.

    Args:
        url: a plain `ws://` or `http://` one.
        text: the frame.
    """
    if url.startswith("ws://"):
        await _to_websocket(url, text)
        return
    if url.endswith("/ws/"):
        url = url.removesuffix("/")  # its server most likely knows only that
    websocket = f"ws://{url.removeprefix('http://')}"
    if urlsplit(url).path.rstrip("/").endswith("/ws"):
        try:
            await _to_websocket(websocket, text)
        except RefusedHandshakeError:
            await post(url, text)
        return
    try:
        await post(url, text)
    except NotAcceptedError as refused:
        if refused.status not in NO_POST_HERE:
            raise
        try:
            await _to_websocket(websocket, text)
        except RefusedHandshakeError:
            raise refused from None


async def _to_websocket(url: str, text: bytes) -> None:
    refusals: list[str] = []

    def on_text(answer: bytes) -> None:
        try:
            frame = frames.decode_frame(answer)
        except frames.FrameError:
            return
        if isinstance(frame, frames.Error) and not refusals:
            refusals.append(frame.message)

    connection = await Connection.open(url, on_text, _ignore)
    connection.send(text)
    await connection.close()
    if refusals:
        raise OSError(f"refused: {refusals[0][:200]}")
    if connection.failed_with is not None:
        raise OSError(f"the connection was closed with code {connection.failed_with}")


def _ignore(_: object) -> None:
    """Do nothing when the connection is over."""
