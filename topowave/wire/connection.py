"""One outgoing WebSocket: the `websockets` library's sans-I/O client, joined to an asyncio transport.

What is sent most, text frames, does not go through the library: `client_frame` writes them.

Sending is a plain call, because a handler that runs to its end keeps a node's events one at a time. Every
send has a deadline: a peer that stops reading for SEND_TIMEOUT loses the connection.

A process that opens the links of a thousand nodes at once would be at its own handshakes for longer than one
of them may take. So only HANDSHAKES are under way at a time, and the time of each counts from its own turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from typing import cast
from weakref import WeakKeyDictionary

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from topowave.wire import limits
from topowave.wire.client_frame import masked_text

POLITE_CODES = frozenset({1000, 1001, 1005})
"""Codes with which a WebSocket is closed where nothing is wrong: done, going away, no code."""

_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def turns() -> asyncio.Semaphore:
    """Return what bounds the handshakes of a process, which has one event loop."""
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(limits.HANDSHAKES))


_parsed = lru_cache(maxsize=4096)(parse_uri)
"""The nodes of a process have many neighbours in common, and the parsing takes a tenth of a handshake."""


class RefusedHandshakeError(OSError):
    """Somebody is there, but takes no WebSocket.

    Attributes:
        status: of the HTTP answer; None where it was none.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class Connection(asyncio.Protocol):
    """One WebSocket connection to `url`, from its handshake to its end."""

    def __init__(
        self, url: str, on_text: Callable[[bytes], None], on_closed: Callable[[Connection], None]
    ) -> None:
        uri = _parsed(url)
        self.address = (uri.host, uri.port)
        self._websocket = ClientProtocol(uri, max_size=limits.FRAME_BYTES)
        self._on_text = on_text
        self._on_closed = on_closed
        self._transport: asyncio.Transport | None = None
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._pings = 0
        self._send_timeout: asyncio.TimerHandle | None = None
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_open = False
        """Whether frames can be sent."""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(
        cls,
        url: str,
        on_text: Callable[[bytes], None],
        on_closed: Callable[[Connection], None],
        *,
        in_turn: bool = True,
    ) -> Connection:
        """Return an open connection. Raises OSError where there is none within CONNECT_TIMEOUT.

        Args:
            url: a WebSocket.
            on_text: called with every text frame that arrives.
            on_closed: called once, with the connection, when it is over, whether or not it ever was open.
            in_turn: whether it waits for its turn; else the caller has seen to that.
        """
        loop = asyncio.get_running_loop()
        try:
            connection = cls(url, on_text, on_closed)
            host, port = connection.address
            async with turns() if in_turn else nullcontext(), asyncio.timeout(limits.CONNECT_TIMEOUT):
                await loop.create_connection(lambda: connection, host, port)
                try:
                    await asyncio.shield(connection.opened)
                except BaseException:
                    connection.abort()
                    raise
        except (InvalidHandshake, InvalidURI, ValueError) as error:
            raise OSError(f"{url} is no WebSocket: {error}") from error
        if not connection.is_open:
            raise ConnectionError(f"{url} closed at once")
        return connection

    @property
    def failed_with(self) -> int | None:
        """The code of the peer's close frame where it says that something is wrong; else None."""
        received = self._websocket.close_rcvd
        return None if received is None or received.code in POLITE_CODES else received.code

    @property
    def goodbye(self) -> str:
        """What the peer's close frame says, which may be nothing."""
        received = self._websocket.close_rcvd
        return "" if received is None else received.reason

    # From asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not a subclass
        self._transport.set_write_buffer_limits(high=limits.SEND_BUFFER_BYTES // 16)
        self._websocket.send_request(self._websocket.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take what arrived through the WebSocket protocol."""
        self._websocket.receive_data(data)
        for event in self._websocket.events_received():
            if isinstance(event, Response):
                self._handshake_done()
            elif isinstance(event, Frame):
                self._take(event)
        self._flush()
        self._note_state()

    def eof_received(self) -> None:
        """Note that the peer sends nothing any more."""
        self._websocket.receive_eof()
        self._flush()
        self._note_state()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits that the connection is over."""
        self.is_open = False
        if self._send_timeout is not None:
            self._send_timeout.cancel()
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed during the handshake"))
            self.opened.exception()
        for pong in self._pongs.values():
            pong.cancel()
        self._lost.set_result(None)
        self._on_closed(self)

    def pause_writing(self) -> None:
        """Give the peer SEND_TIMEOUT to read on."""
        self._send_timeout = asyncio.get_running_loop().call_later(limits.SEND_TIMEOUT, self.abort)

    def resume_writing(self) -> None:
        """Cancel the send timeout."""
        if self._send_timeout is not None:
            self._send_timeout.cancel()
            self._send_timeout = None

    # For the owner.

    def send(self, text: bytes) -> None:
        """Send a text frame, at once. Raises ConnectionError where the connection is not open."""
        transport = self._transport
        if not self.is_open or transport is None:
            raise ConnectionError("the link is not open")
        # Only where the peer has stopped reading can so much have gathered.
        if self._send_timeout is not None and transport.get_write_buffer_size() > limits.SEND_BUFFER_BYTES:
            self.abort()
            raise ConnectionError("the peer does not read")
        transport.write(masked_text(text))

    async def ping(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is a fact, not an exception
        """Return whether the peer answers a ping within `timeout` seconds.

        A wait that ends late says that this process stood still, and maybe the whole machine: what was
        answered meanwhile is not read yet. So the time counts anew then, a few times at most.
        """
        if not self.is_open:
            return False
        self._pings += 1
        payload = self._pings.to_bytes(4, "big")
        pong = self._pongs[payload] = asyncio.get_running_loop().create_future()
        self._websocket.send_ping(payload)
        self._flush()
        for _ in range(limits.PING_WAITS):
            due = time.monotonic() + timeout
            done, _ = await asyncio.wait([pong], timeout=timeout)
            if done or time.monotonic() < due + limits.STOOD_STILL:
                break
        self._pongs.pop(payload, None)
        return pong.done() and not pong.cancelled()

    async def close(self) -> None:
        """Say goodbye and close: when the peer has said goodbye too, or after SEND_TIMEOUT.

        To close at once could cost the peer what it has not read yet.
        """
        if self.is_open and self._transport is not None:
            self._websocket.send_close(1000)
            self.is_open = False
            self._transport.write(b"".join(self._websocket.data_to_send()))
            await asyncio.wait([self._lost], timeout=limits.SEND_TIMEOUT)
        self.abort()

    def abort(self) -> None:
        """Close at once; what was not sent is lost."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    # Inside.

    def _note_state(self) -> None:
        self.is_open = self._websocket.state is State.OPEN and self.opened.done() and not self._lost.done()

    def _handshake_done(self) -> None:
        if self.opened.done():
            return
        if self._websocket.handshake_exc is None:
            self.opened.set_result(None)
        else:
            error = self._websocket.handshake_exc
            status = error.response.status_code if isinstance(error, InvalidStatus) else None
            self.opened.set_exception(RefusedHandshakeError(f"refused: {error}", status))
            self.opened.exception()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT and frame.fin:
            self._on_text(bytes(frame.data))
        elif frame.opcode is Opcode.PONG:
            pong = self._pongs.pop(bytes(frame.data), None)
            if pong is not None and not pong.done():
                pong.set_result(None)

    def _flush(self) -> None:
        assert self._transport is not None
        data = self._websocket.data_to_send()
        if data:
            self._transport.write(b"".join(data))
        if self._websocket.close_expected():
            self._transport.close()
