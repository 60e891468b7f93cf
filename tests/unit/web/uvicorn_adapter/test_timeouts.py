"""Clients that are slow, or only half there, are dropped in time; the others notice nothing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, WebSocket
from fastapi.responses import Response

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import bare_websocket, close_code, text_frame
from topowave.web.uvicorn_adapter.server import serving
from topowave.web.uvicorn_adapter.timeouts import TimeoutHttp, TimeoutWebSocket, enable_keepalive
from topowave.wire import limits

SHORT = 0.3
"""The deadlines in these tests, in seconds."""
MUCH = 16 * 1024 * 1024
"""Bytes that no kernel keeps for a client that does not read."""


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    shorten(monkeypatch)


def shorten(monkeypatch: pytest.MonkeyPatch, deadline_s: float = SHORT) -> None:
    """Make the deadlines short, of what begins from now on."""
    for name in ("REQUEST_TIMEOUT", "SEND_TIMEOUT"):
        monkeypatch.setattr(limits, name, deadline_s)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    yield
    assert protocols() == []


def protocols() -> list[object]:
    """The protocols that still have a connection."""
    gc.collect()
    kinds = (TimeoutHttp, TimeoutWebSocket)
    return [each for each in gc.get_objects() if isinstance(each, kinds) and each in each.connections]


def app() -> FastAPI:
    made = FastAPI()

    @made.get("/")
    async def hello() -> str:
        return "hello"

    @made.post("/")
    async def body(number: Annotated[int, Body()]) -> int:
        return number

    @made.get("/much")
    async def much() -> Response:
        return Response(bytes(MUCH))

    @made.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive()
        with contextlib.suppress(Exception):
            while True:
                await websocket.send_bytes(bytes(65536))

    @made.websocket("/ends/ws")
    async def ends(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    return made


async def dropped(reader: asyncio.StreamReader) -> None:
    """Wait until the connection is over."""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE_S):
            while await reader.read(65536):
                pass


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n12",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT",
    ],
    ids=["nothing", "a byte", "headers", "handshake", "body", "chunks", "second request"],
)
@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_a_request_that_does_not_end_is_dropped_even_if_bytes_trickle_in(beginning: bytes) -> None:
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        writer.write(beginning)
        trickle = asyncio.create_task(_trickle(writer))
        await dropped(reader)
        trickle.cancel()
        writer.transport.abort()


async def _trickle(writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then without end, none of which ends anything."""
    await asyncio.sleep(SHORT / 2)
    while True:
        writer.write(b"1" if not writer.is_closing() else b"")
        await asyncio.sleep(SHORT / 10)


@pytest.mark.slow
@on_uvloop
async def test_one_that_takes_its_time_within_the_deadline_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_TIMEOUT", 4.0)  # longer than a busy machine stands still
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        for part in (b"POST / HTTP/1.1\r\n", b"Host: localhost\r\nContent-Length: 5\r\n\r\n", b"123", b"45"):
            await asyncio.sleep(SHORT / 10)
            writer.write(part)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(5) == b"12345"
        await asyncio.sleep(4.1)  # its deadline is over, and it was in time
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_one_that_does_not_read_its_answer_is_dropped() -> None:
    held = listener()
    async with serving(app(), held) as server:
        reader, writer = await asyncio.open_connection(*held.getsockname(), limit=1024)
        writer.write(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"\r\n")
        await eventually(lambda: not server.server_state.connections)
        writer.transport.abort()


@on_uvloop
async def test_a_websocket_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    held = listener()
    async with serving(app(), held) as server, bare_websocket(held.getsockname()[1]) as (_, writer):
        shorten(monkeypatch)
        writer.write(text_frame(b"go"))
        await eventually(lambda: not server.server_state.connections)


@on_uvloop
async def test_a_websocket_that_is_only_quiet_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, 2.0)  # in which a handshake is over where the machine stands still, too
    held = listener()
    async with serving(app(), held) as server, bare_websocket(held.getsockname()[1]) as (reader, writer):
        await asyncio.sleep(2.1)  # every deadline is over
        assert len(server.server_state.connections) == 1
        writer.write(text_frame(b"go"))
        assert await reader.readexactly(1) == b"\x82"


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_a_websocket_that_does_not_answer_to_its_end_is_dropped() -> None:
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        writer.write(
            b"GET /ends/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        assert await close_code(reader) == 1000
        await dropped(reader)
        writer.transport.abort()


@pytest.mark.parametrize(("more", "fine"), [(0, True), (1, False)])
@on_uvloop
async def test_a_frame_may_come_in_many_parts_but_not_without_end(more: int, *, fine: bool) -> None:
    held = listener()
    async with serving(app(), held), bare_websocket(held.getsockname()[1]) as (reader, writer):
        begin, between, end = b"\x01\x80" + bytes(4), b"\x00\x80" + bytes(4), b"\x80\x80" + bytes(4)
        writer.write(begin + between * (limits.FRAME_PARTS - 2 + more) + end)
        if fine:
            assert (await reader.readexactly(1)) == b"\x82"  # the app has the frame and answers
        else:
            assert await close_code(reader) == 1009


@on_uvloop
async def test_while_fifty_clients_are_half_open_the_others_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "REQUEST_TIMEOUT", 2 * PATIENCE_S)
    held = listener()
    address = held.getsockname()
    async with serving(app(), held) as server, client() as http:
        writers = [(await asyncio.open_connection(*address))[1] for _ in range(50)]
        for writer in writers:
            writer.write(b"GET / HTTP/1.1\r\nHost: lo")
        for _ in range(20):
            assert (await http.get(f"http://127.0.0.1:{address[1]}/")).json() == "hello"
        assert len(server.server_state.connections) > 50
        for writer in writers:
            writer.transport.abort()


@on_uvloop
async def test_a_bad_chunk_after_the_answer_closes_the_connection_without_a_word() -> None:
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        writer.write(b"POST /no HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404")
        writer.write(b"zz\r\nzz\r\n")
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionResetError):
            await writer.wait_closed()


def test_all_of_it_happens_within_five_seconds() -> None:
    assert max(limits.REQUEST_TIMEOUT, limits.SEND_TIMEOUT, limits.GONE_TIMEOUT) < 5


def test_the_kernel_watches_clients_on_other_machines_only() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as own,
    ):
        enable_keepalive(own)
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0
        enable_keepalive(_Far(own))
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        idle = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        every = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
        count = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
        assert idle + every * count <= limits.GONE_TIMEOUT
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1000 * limits.GONE_TIMEOUT


class _Far:
    """A connection that says it comes from another machine."""

    def __init__(self, own: socket.socket) -> None:
        self.family = own.family
        self.setsockopt = own.setsockopt

    def getpeername(self) -> tuple[str, int]:
        return ("192.0.2.7", 5000)
