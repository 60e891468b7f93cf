"""However a connection begins, it ends in time and leaves no descriptor and no place behind."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import operator
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import Response

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import bare_websocket
from topowave.web.uvicorn_adapter.server import serving
from topowave.wire import limits

CLIENTS = 5
"""How many clients begin in each way."""
HELLO = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n"
)
"""A handshake, but for the empty line at its end."""
REFUSED = {
    "a body": (HANDSHAKE + b"Content-Length: 3\r\n\r\nabc", 400),
    "a body in chunks": (HANDSHAKE + b"Transfer-Encoding: chunked\r\n\r\n", 400),
    "chunks that follow": (HANDSHAKE + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 400),
    "129 headers": (HANDSHAKE + b"X: 1\r\n" * 124 + b"\r\n", 431),
    "a long header": (HANDSHAKE + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
    "a long address": (HANDSHAKE.replace(b"/ws", b"/ws?" + b"a" * 9000) + b"\r\n", 414),
    "another version": (HANDSHAKE.replace(b": 13", b": 7") + b"\r\n", 400),
    "no key": (HANDSHAKE.replace(b"-Key", b"-Lock") + b"\r\n", 400),
    "no such WebSocket": (HANDSHAKE.replace(b"/ws", b"/nowhere") + b"\r\n", 403),
    "a POST": (HANDSHAKE.replace(b"GET", b"POST") + b"\r\n", 405),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00" + bytes(100), 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a broken header": (b"GET / HTTP/1.1\r\nHo st: localhost\r\n\r\n", 400),
    "an endless header": (b"GET / HTTP/1.1\r\nHost: " + b"a" * 70_000, 400),
}
"""What is refused, and with which status."""
BEGINNINGS = {
    "nothing": b"",
    "half a request": b"GET / HTTP/1.1\r\nHost: lo",
    "half a handshake": HANDSHAKE,
    "half a body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n12",
    "a request": HELLO,
    "a request and a half": HELLO + b"GET / HT",
    "a handshake": HANDSHAKE + b"\r\n",
    "a handshake and a frame": HANDSHAKE + b"\r\n" + b"\x81\x80" + bytes(4),
    "an upgrade to something else": HANDSHAKE.replace(b"websocket", b"h2c") + b"\r\n",
    **{name: text for name, (text, _) in REFUSED.items()},
}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    for name in ("REQUEST_TIMEOUT", "SEND_TIMEOUT"):
        monkeypatch.setattr(limits, name, 0.3)


def app() -> FastAPI:
    made = FastAPI()

    @made.get("/")
    async def hello() -> str:
        return "hello"

    @made.get("/more")
    async def more() -> Response:
        return Response(bytes(20_000))

    @made.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        while (await websocket.receive())["type"] == "websocket.receive":
            pass

    @made.websocket("/never/ws")
    async def never(websocket: WebSocket) -> None:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    return made


def sockets() -> int:
    """How many sockets this process has open, the server's and the clients'."""
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(each.readlink()).startswith("socket:")
    return found


def reset(client: socket.socket) -> None:
    """Leave without a word: the other side's next look at the connection fails."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def leave(client: socket.socket) -> None:
    client.close()


def finish(client: socket.socket) -> None:
    """Say that nothing more will come, and stay."""
    client.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("end", [reset, leave, finish])
@on_uvloop
async def test_clients_that_go_leave_no_descriptor_and_no_place(end: Callable[[socket.socket], None]) -> None:
    held = listener()
    async with serving(app(), held) as server:
        before = sockets()
        for beginning in BEGINNINGS.values():
            # All of it is over before the server comes to it.
            clients = [_said(held, beginning) for _ in range(CLIENTS)]
            for client in clients:
                end(client)
            await _all_taken(held)
            for client in clients:
                client.close()
        await eventually(lambda: (len(server.server_state.connections), sockets()) == (0, before))


@on_uvloop
async def test_what_is_refused_is_answered_and_dropped_although_the_client_stays() -> None:
    held = listener()
    async with serving(app(), held) as server:
        before = sockets()
        for what, (text, status) in REFUSED.items():
            reader, writer = await asyncio.open_connection(*held.getsockname())
            writer.write(text)
            async with asyncio.timeout(PATIENCE_S):
                answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 %d " % status), what
            assert len(answer.partition(b"\r\n\r\n")[2]) > 0 or status in {403, 405}, what
            writer.close()
        await eventually(lambda: (len(server.server_state.connections), sockets()) == (0, before))


@on_uvloop
async def test_a_handshake_that_the_application_never_answers_is_dropped() -> None:
    held = listener()
    async with serving(app(), held) as server:
        client = _said(held, HANDSHAKE.replace(b"/ws", b"/never/ws") + b"\r\n")
        await eventually(lambda: server.server_state.connections)
        await eventually(lambda: not server.server_state.connections)
        assert client.recv(100) == b""
        client.close()


@on_uvloop
async def test_a_client_that_leaves_a_little_unread_does_not_keep_its_connection() -> None:
    """Less than what writing is paused for, so no send timeout runs, and closing waits for the client."""
    held = listener()
    async with serving(app(), held) as server:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(held.getsockname())
        await eventually(lambda: server.server_state.connections)
        (connection,) = server.server_state.connections
        transport = connection.transport
        while not transport.get_write_buffer_size():
            served = server.server_state.total_requests
            client.sendall(b"GET /more HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await eventually(
                lambda: server.server_state.total_requests, functools.partial(operator.ne, served)
            )
        assert transport.get_write_buffer_size() < 65536
        client.sendall(b"no request\r\n\r\n")
        await eventually(lambda: not server.server_state.connections)
        client.close()


@pytest.mark.parametrize("more", [0, 1])
@on_uvloop
async def test_above_connections_a_websocket_is_refused(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS", 3)
    held = listener()
    port = held.getsockname()[1]
    async with serving(app(), held) as server, contextlib.AsyncExitStack() as stack:
        for _ in range(2 + more):
            await stack.enter_async_context(bare_websocket(port))
        reader, writer = await asyncio.open_connection(*held.getsockname())
        writer.write(HANDSHAKE + b"\r\n")
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 " if more else b"HTTP/1.1 101 ")
        assert len(server.server_state.connections) == 3
        writer.close()


def _said(held: socket.socket, text: bytes) -> socket.socket:
    """A client that has said something."""
    client = socket.create_connection(held.getsockname())
    with contextlib.suppress(ConnectionError):
        client.sendall(text)
    return client


async def _all_taken(held: socket.socket) -> None:
    """Wait until the server has taken all clients that came before: they are taken in their order."""
    reader, writer = await asyncio.open_connection(*held.getsockname())
    writer.write(HELLO)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    writer.close()
