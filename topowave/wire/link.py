"""An outgoing WebSocket that stays: sends without waiting, mends itself, and tells when its peer is gone.

The WebSocket protocol itself is the `websockets` library's sans-I/O client; this file joins it to an
asyncio transport. Sending is a plain call, because a handler that runs to its end keeps a node's events one
at a time. Every send has a deadline: a peer that stops reading for SEND_TIMEOUT loses the link.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from topowave.wire import limits
from topowave.wire.framing import masked_text


class Connection(asyncio.Protocol):
    """One WebSocket connection to `url`, from its handshake to its end."""

    def __init__(
        self, url: str, on_text: Callable[[bytes], None], on_closed: Callable[[Connection], None]
    ) -> None:
        uri = parse_uri(url)
        self.address = (uri.host, uri.port)
        self._websocket = ClientProtocol(uri, max_size=limits.FRAME_BYTES)
        self._on_text = on_text
        self._on_closed = on_closed
        self._transport: asyncio.Transport | None = None
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._pings = 0
        self._stuck: asyncio.TimerHandle | None = None
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_open = False
        """Whether frames can be sent."""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(
        cls, url: str, on_text: Callable[[bytes], None], on_closed: Callable[[Connection], None]
    ) -> Connection:
        """Return an open connection. Raises OSError where there is none within CONNECT_TIMEOUT.

        Args:
            url: a WebSocket.
            on_text: called with every text frame that arrives.
            on_closed: called once, with the connection, when it is over, whether or not it ever was open.
        """
        loop = asyncio.get_running_loop()
        try:
            connection = cls(url, on_text, on_closed)
            host, port = connection.address
            async with asyncio.timeout(limits.CONNECT_TIMEOUT):
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
        if self._stuck is not None:
            self._stuck.cancel()
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed during the handshake"))
            self.opened.exception()
        for pong in self._pongs.values():
            pong.cancel()
        self._lost.set_result(None)
        self._on_closed(self)

    def pause_writing(self) -> None:
        """Give the peer SEND_TIMEOUT to read on."""
        self._stuck = asyncio.get_running_loop().call_later(limits.SEND_TIMEOUT, self.abort)

    def resume_writing(self) -> None:
        """Forgive the peer."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    # For the owner.

    def send(self, text: bytes) -> None:
        """Send a text frame, at once. Raises ConnectionError where the connection is not open."""
        transport = self._transport
        if not self.is_open or transport is None:
            raise ConnectionError("the link is not open")
        # Only where the peer has stopped reading can so much have gathered.
        if self._stuck is not None and transport.get_write_buffer_size() > limits.SEND_BUFFER_BYTES:
            self.abort()
            raise ConnectionError("the peer does not read")
        transport.write(masked_text(text))

    async def ping(self, timeout: float) -> bool:  # noqa: ASYNC109 - the answer is a fact, not an exception
        """Return whether the peer answers a ping within `timeout` seconds."""
        if not self.is_open:
            return False
        self._pings += 1
        payload = self._pings.to_bytes(4, "big")
        pong = self._pongs[payload] = asyncio.get_running_loop().create_future()
        self._websocket.send_ping(payload)
        self._flush()
        done, _ = await asyncio.wait([pong], timeout=timeout)
        self._pongs.pop(payload, None)
        return bool(done) and not pong.cancelled()

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
            self.opened.set_exception(OSError(f"refused: {self._websocket.handshake_exc}"))
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


def _ignore(_: bytes = b"") -> None:
    """Do nothing."""


class Link:
    """A connection to one peer that is opened when it is first needed, and again after each break.

    Args:
        url: the peer's WebSocket.
        on_open: called each time the link has been opened, before the frames that waited are sent.
        on_down: called when the link breaks, and when an attempt to open it fails.
        on_text: called with what the peer says on this connection (errors); by default it is ignored.
        keep: how many frames may wait while the link is down; 0 drops them.
    """

    def __init__(
        self,
        url: str,
        *,
        on_open: Callable[[], None] | None = None,
        on_down: Callable[[], None] | None = None,
        on_text: Callable[[bytes], None] | None = None,
        keep: int = limits.UNSENT_FRAMES,
    ) -> None:
        self.url = url
        self._on_open = on_open or _ignore
        self._on_down = on_down or _ignore
        self._on_text = on_text or _ignore
        self._waiting: deque[bytes] = deque()
        self._keep = keep
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
                self._connection = await Connection.open(self.url, self._on_text, self._lost)
            except OSError:
                self._on_down()
                await asyncio.sleep(pause)
                pause = min(2 * pause, limits.RECONNECT_MOST)
            else:
                self._opened_at = asyncio.get_running_loop().time()
                self._on_open()
                self._send_waiting()
                return

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
            self._reopening = loop.call_later(self._pause, self.open)
