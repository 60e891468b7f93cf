"""Clients that are slow, or only half there, are dropped in time; the others notice nothing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import time
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, WebSocket
from fastapi.responses import Response

from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import eventually, on_uvloop
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
    for name in ("REQUEST_TIMEOUT", "SEND_TIMEOUT"):
        monkeypatch.setattr(limits, name, SHORT)


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


async def dropped_after(reader: asyncio.StreamReader) -> float:
    """Return the seconds until the connection is over."""
    before = time.monotonic()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(10 * SHORT):
            while await reader.read(65536):
                pass
    return time.monotonic() - before


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
        assert await dropped_after(reader) < 3 * SHORT
        trickle.cancel()
        writer.transport.abort()


async def _trickle(writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, none of which ends anything."""
    await asyncio.sleep(SHORT / 2)
    for _ in range(20):
        writer.write(b"1" if not writer.is_closing() else b"")
        await asyncio.sleep(SHORT / 10)


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_one_that_takes_its_time_within_the_deadline_is_served() -> None:
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection(*held.getsockname())
        for part in (b"POST / HTTP/1.1\r\n", b"Host: localhost\r\nContent-Length: 5\r\n\r\n", b"123", b"45"):
            await asyncio.sleep(SHORT / 10)
            writer.write(part)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(5) == b"12345"
        await asyncio.sleep(2 * SHORT)  # its deadline is over, and it was in time
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
        before = time.monotonic()
        await eventually(lambda: not server.server_state.connections)
        assert time.monotonic() - before < 3 * SHORT
        writer.transport.abort()


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_a_websocket_that_does_not_read_is_dropped() -> None:
    held = listener()
    async with serving(app(), held) as server, bare_websocket(held.getsockname()[1]) as (_, writer):
        writer.write(text_frame(b"go"))
        before = time.monotonic()
        await eventually(lambda: not server.server_state.connections)
        assert time.monotonic() - before < 5 * SHORT


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_a_websocket_that_is_only_quiet_stays() -> None:
    held = listener()
    async with serving(app(), held) as server, bare_websocket(held.getsockname()[1]) as (reader, writer):
        await asyncio.sleep(2 * SHORT)  # every deadline is over
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
        assert await dropped_after(reader) < 3 * SHORT
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


@pytest.mark.usefixtures("_short")
@on_uvloop
async def test_fifty_half_open_clients_cost_the_others_nothing() -> None:
    held = listener()
    address = held.getsockname()
    async with serving(app(), held) as server, client() as http:
        writers = [(await asyncio.open_connection(*address))[1] for _ in range(50)]
        for writer in writers:
            writer.write(b"GET / HTTP/1.1\r\nHost: lo")
        for _ in range(20):
            before = time.monotonic()
            assert (await http.get(f"http://127.0.0.1:{address[1]}/")).json() == "hello"
            assert time.monotonic() - before < SHORT
        await eventually(lambda: len(server.server_state.connections) <= 1)
        for writer in writers:
            writer.transport.abort()


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
