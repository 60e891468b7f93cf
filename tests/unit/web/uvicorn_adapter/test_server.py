"""Servers keep this lab's limits, cost nothing when nothing happens, and stop when they are told to."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import connect
from websockets.frames import Close, Frame, Opcode

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import client, listener
from tests.unit.wire.loop import on_uvloop, on_watched_loop, until_asleep
from tests.unit.wire.peers import bare_websocket, close_code, text_frame
from topowave.web.uvicorn_adapter.server import preload, serving, until_stopped
from topowave.wire import limits


def app() -> FastAPI:
    made = FastAPI()

    @made.get("/")
    async def hello() -> str:
        return "hello"

    @made.get("/slow")
    async def slow() -> None:
        await asyncio.Event().wait()

    @made.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        while (await websocket.receive())["type"] == "websocket.receive":
            pass

    return made


@on_uvloop
async def test_a_server_serves_on_the_socket_that_it_is_given_and_names_no_software() -> None:
    held = listener()
    port = held.getsockname()[1]
    async with serving(app(), held), client() as http:
        answer = await http.get(f"http://127.0.0.1:{port}/")
        assert answer.json() == "hello"
        assert not {"server", "date"} & set(answer.headers)
    async with client() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/")


@on_uvloop
async def test_an_idle_connection_is_closed_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEEP_ALIVE", 0)
    held = listener()
    async with serving(app(), held):
        reader, writer = await asyncio.open_connection("127.0.0.1", held.getsockname()[1])
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(PATIENCE_S):
            said = await reader.read()  # to its end
        writer.close()
    assert said.startswith(b"HTTP/1.1 200")


@on_uvloop
async def test_a_frame_longer_than_the_limit_closes_its_connection_with_1009() -> None:
    held = listener()
    async with serving(app(), held), bare_websocket(held.getsockname()[1]) as (reader, writer):
        writer.write(text_frame(b"x" * limits.FRAME_BYTES))
        writer.write(text_frame(b"x", length=limits.FRAME_BYTES + 1))
        assert await close_code(reader) == 1009


@on_uvloop
async def test_a_server_does_not_wait_for_its_clients_when_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STOP_TIMEOUT", 2 * PATIENCE_S)
    held = listener()
    port = held.getsockname()[1]
    async with serving(app(), held):
        websocket = await connect(f"ws://127.0.0.1:{port}/ws", proxy=None)
    await websocket.wait_closed()
    assert websocket.close_code == 1012


@on_uvloop  # which fails a test that logs an error
async def test_a_request_that_a_stop_cuts_off_is_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STOP_TIMEOUT", 0.01)
    held = listener()
    async with client() as http:
        async with serving(app(), held) as server:
            url = f"http://127.0.0.1:{held.getsockname()[1]}/slow"
            asked = [asyncio.create_task(http.get(url)) for _ in range(3)]
            await eventually(lambda: len(server.server_state.tasks) == 3)
        await asyncio.gather(*asked, return_exceptions=True)


@on_uvloop
async def test_a_server_stops_beside_a_websocket_whose_client_has_said_goodbye_and_not_read_all(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "STOP_TIMEOUT", 0.01)
    held = listener()
    async with AsyncExitStack() as clients, serving(app(), held) as server:
        await clients.enter_async_context(bare_websocket(held.getsockname()[1]))
        (connection,) = server.server_state.connections
        connection.transport.write(bytes(50_000_000))
        connection.data_received(Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=True))
        assert connection.transport.is_closing()
    assert not caplog.messages


@pytest.mark.parametrize("connections", range(1, 6))
@on_uvloop
async def test_a_server_that_stops_while_connections_come_in_forgets_none_of_them(
    connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STOP_TIMEOUT", 2 * PATIENCE_S)
    held = listener()
    url = f"ws://127.0.0.1:{held.getsockname()[1]}/ws"
    async with serving(app(), held):
        # Their handshakes are at different points when the server stops.
        tasks = [asyncio.create_task(_connect_and_leave(url)) for _ in range(connections)]
        for _ in range(connections):
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)


async def _connect_and_leave(url: str) -> None:
    try:
        async with connect(url, proxy=None, open_timeout=PATIENCE_S) as websocket:
            await websocket.recv()
    except Exception:  # noqa: BLE001 - how it ends is not the point
        return


@pytest.mark.parametrize("rounds", range(6))
def test_a_server_that_stops_while_a_connection_is_being_made_closes_it(rounds: int) -> None:
    """On asyncio's loop, where a connection is made in several rounds; a leaked one warns: a failure."""
    asyncio.run(_connect_and_stop(rounds))
    gc.collect()


async def _connect_and_stop(rounds: int) -> None:
    held = listener()
    address = held.getsockname()
    async with serving(app(), held):
        connected = socket.create_connection(address)
        for _ in range(rounds):
            await asyncio.sleep(0)
    with connected:
        connected.settimeout(limits.STOP_TIMEOUT)
        with contextlib.suppress(ConnectionResetError):  # where the server had not taken it yet
            assert connected.recv(1) == b""


@on_watched_loop
async def test_an_idle_server_lets_the_processor_sleep() -> None:
    held = listener()
    async with serving(app(), held), client() as http:
        await until_asleep()
        await http.get(f"http://127.0.0.1:{held.getsockname()[1]}/")
        await until_asleep()


@on_uvloop
async def test_a_signal_ends_the_wait() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        waiting = asyncio.create_task(until_stopped())
        await asyncio.sleep(0)
        os.kill(os.getpid(), number)
        async with asyncio.timeout(PATIENCE_S):
            await waiting
        asyncio.get_running_loop().remove_signal_handler(number)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


def test_a_preload_starts_nothing() -> None:
    preload()
