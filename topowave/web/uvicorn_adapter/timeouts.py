"""uvicorn's two protocols with the deadlines that they lack: who is slow, or only half there, is dropped.

Each of these costs a timer while it waits, and the others nothing:
- a connection that was reset before it was taken;
- a request, headers and body, that is not whole REQUEST_TIMEOUT after its first byte was waited for;
- a WebSocket whose handshake is not over by then, or that the library cannot read: it would say nothing;
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
from websockets.protocol import State

from topowave.web.uvicorn_adapter.closing_transport import closing_in_time
from topowave.wire import limits

_IN_PARTS = (h11.IDLE, h11.SEND_BODY)
"""What h11 calls a client whose request is not whole yet."""
_MAY_ANSWER = (h11.IDLE, h11.SEND_RESPONSE)
"""What it calls a server that has not begun to answer."""


class _SendTimeout:
    """Drops a client that does not read on in time."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def start(self, transport: asyncio.Transport) -> None:
        """Drop the client in SEND_TIMEOUT, unless this is cancelled before."""
        self.cancel()
        self._timer = asyncio.get_running_loop().call_later(limits.SEND_TIMEOUT, transport.abort)

    def cancel(self) -> None:
        """Let the client live."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class TimeoutHttp(H11Protocol):
    """HTTP with deadlines for requests that come in parts, and for clients that do not read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._send_timeout = _SendTimeout()
        self._request_timeout: asyncio.TimerHandle | None = None
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, unless the peer is gone already."""
        super().connection_made(closing_in_time(transport))
        try:
            enable_keepalive(transport.get_extra_info("socket"))
        except OSError:  # reset: an exception from here would leave it open, and counted, for ever
            transport.abort()
        else:
            self._check_request()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._check_request()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over, with a request that h11 never sees the end of."""
        if len(self.connections) > limits.CONNECTIONS:  # uvicorn itself only looks where requests begin
            self._refuse(503, "too many connections")
            return
        self._upgraded = True
        super().handle_websocket_upgrade(event)

    def _refuse(self, status: int, why: str) -> None:
        """Answer and close."""
        headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
        for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=why.encode())):
            self.transport.write(self.conn.send(event) or b"")
        self.conn.send(h11.EndOfMessage())
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what h11 cannot read; where the answer was sent before, as before a bad chunk, close."""
        if self.conn.our_state in _MAY_ANSWER:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeouts."""
        self._send_timeout.cancel()
        self._cancel_request_timeout()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the client SEND_TIMEOUT to read on."""
        self._send_timeout.start(self.transport)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Cancel the send timeout."""
        self._send_timeout.cancel()
        super().resume_writing()

    def _check_request(self) -> None:
        if self._upgraded or self.conn.their_state not in _IN_PARTS:
            self._cancel_request_timeout()
        elif self._request_timeout is None:
            loop = asyncio.get_running_loop()
            self._request_timeout = loop.call_later(limits.REQUEST_TIMEOUT, self.transport.abort)

    def _cancel_request_timeout(self) -> None:
        if self._request_timeout is not None:
            self._request_timeout.cancel()
            self._request_timeout = None


class TimeoutWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket with a deadline for clients that do not read, or do not end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._send_timeout = _SendTimeout()
        self._handshake_timeout: asyncio.TimerHandle | None = None
        self.close_timeout = limits.SEND_TIMEOUT

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the handshake REQUEST_TIMEOUT."""
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._handshake_timeout = loop.call_later(limits.REQUEST_TIMEOUT, self._end_handshake)

    def data_received(self, data: bytes) -> None:
        """Take bytes; answer to a handshake that the library could not read, which it leaves open."""
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self._refuse_handshake()

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message; with no end of parts in sight, even empty ones, close with 1009."""
        if len(self.frames) < limits.FRAME_PARTS:
            super().handle_cont(event)
            return
        self.conn.fail(1009, f"a message has more than {limits.FRAME_PARTS} parts")
        self.handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeouts."""
        self._send_timeout.cancel()
        if self._handshake_timeout is not None:
            self._handshake_timeout.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection, as the server stops.

        One whose closing has begun, but whose client has not read all, is only closed: the library would say
        goodbye a second time, which is an error, and the server would end by it.
        """
        if self.handshake_complete and self.conn.state is not State.OPEN:
            self.transport.close()
            return
        super().shutdown()

    def pause_writing(self) -> None:
        """Give the client SEND_TIMEOUT to read on."""
        self._send_timeout.start(self.transport)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Cancel the send timeout."""
        self._send_timeout.cancel()
        super().resume_writing()

    def _refuse_handshake(self) -> None:
        """Say what was wrong, and close."""
        answer = b"".join(self.conn.data_to_send())
        if not answer:  # the library speaks of too many headers, but of a body, say, it does not
            answer = self.conn.reject(400, f"{self.conn.handshake_exc}\n").serialize()
        self.transport.write(answer)
        self.transport.close()

    def _end_handshake(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()


def enable_keepalive(connection: object) -> None:
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
