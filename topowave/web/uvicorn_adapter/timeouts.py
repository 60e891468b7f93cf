"""uvicorn's two protocols with the deadlines that they lack: who is slow, or only half there, is dropped.

Each of these costs a timer while it waits, and the others nothing:
- a request, headers and body, that is not whole REQUEST_TIMEOUT after its first byte was waited for;
- a client that does not read what it asked for, or listens to, for SEND_TIMEOUT;
- a WebSocket whose client does not answer to its end within SEND_TIMEOUT;
- a client on another machine that is gone without a word, which the kernel notices by itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from topowave.wire import limits

_IN_PARTS = (h11.IDLE, h11.SEND_BODY)
"""What h11 calls a client whose request is not whole yet."""


class _Stuck:
    """The time that a client has to read on."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        """Drop the client in SEND_TIMEOUT, if it does not read on before."""
        self.end()
        self._timer = asyncio.get_running_loop().call_later(limits.SEND_TIMEOUT, transport.abort)

    def end(self) -> None:
        """Forgive the client."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class PatientHttp(H11Protocol):
    """HTTP with deadlines for requests that come in parts, and for clients that do not read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stuck = _Stuck()
        self._request: asyncio.TimerHandle | None = None
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        watch(transport.get_extra_info("socket"))
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._look()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over, with a request that h11 never sees the end of."""
        self._upgraded = True
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stuck.end()
        self._forget_request()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client SEND_TIMEOUT to read on."""
        self._stuck.begin(self.transport)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Forgive the client."""
        self._stuck.end()
        super().resume_writing()

    def _look(self) -> None:
        if self._upgraded or self.conn.their_state not in _IN_PARTS:
            self._forget_request()
        elif self._request is None:
            loop = asyncio.get_running_loop()
            self._request = loop.call_later(limits.REQUEST_TIMEOUT, self.transport.abort)

    def _forget_request(self) -> None:
        if self._request is not None:
            self._request.cancel()
            self._request = None


class PatientWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket with a deadline for clients that do not read, or do not end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stuck = _Stuck()
        self.close_timeout = limits.SEND_TIMEOUT

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message; with no end of parts in sight, even empty ones, close with 1009."""
        if len(self.frames) < limits.FRAME_PARTS:
            super().handle_cont(event)
            return
        self.conn.fail(1009, f"a message has more than {limits.FRAME_PARTS} parts")
        self.handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stuck.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client SEND_TIMEOUT to read on."""
        self._stuck.begin(self.transport)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Forgive the client."""
        self._stuck.end()
        super().resume_writing()


def watch(connection: object) -> None:
    """Have the kernel drop a client on another machine once it is gone for GONE_TIMEOUT."""
    peer = cast("socket.socket", connection)
    address = peer.getpeername()
    if peer.family not in (socket.AF_INET, socket.AF_INET6) or ipaddress.ip_address(address[0]).is_loopback:
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    every = max(1, int(limits.GONE_TIMEOUT // 4))
    options = {
        "TCP_KEEPIDLE": every,  # seconds of silence before the first question
        "TCP_KEEPINTVL": every,
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": int(1000 * limits.GONE_TIMEOUT),  # ms that what we sent may stay unconfirmed
    }
    for name, value in options.items():
        if hasattr(socket, name):  # not every system has each of them
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
