"""One connection: it opens in time or says why not, and ends where the peer says too much."""

from __future__ import annotations

import asyncio

import pytest
from websockets.server import ServerProtocol

from tests.support.waiting import eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import raw, rude
from topowave.wire import limits
from topowave.wire.connection import Connection

pytestmark = pytest.mark.usefixtures("time_to_connect")


def ignore(_: object) -> None:
    """Do nothing."""


@on_uvloop
async def test_a_connection_that_is_refused_is_an_error() -> None:
    held = listener()
    port = held.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        await Connection.open(f"ws://127.0.0.1:{port}/ws", ignore, ignore)
    held.close()
    for url in ("http://127.0.0.1:1/ws", "nonsense", ""):
        with pytest.raises(OSError, match="is no WebSocket"):
            await Connection.open(url, ignore, ignore)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"220 mail.example ESMTP\r\n\r\n",
        b"",
    ],
)
@on_uvloop
async def test_what_is_no_websocket_is_an_error_and_its_connection_is_closed(answer: bytes) -> None:
    ended: list[bool] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if not answer:
            return
        try:
            ended.append(await reader.read() == b"")
        except ConnectionResetError:
            ended.append(True)

    async with raw(talk) as port:
        with pytest.raises(OSError):  # noqa: PT011 - any kind of it
            await Connection.open(f"ws://127.0.0.1:{port}/ws", ignore, ignore)
        await eventually(lambda: ended == [True] or not answer)


@on_uvloop
async def test_a_handshake_that_is_not_answered_ends_at_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", 0.1)
    held = listener()
    held.listen()
    with pytest.raises(TimeoutError):  # without a deadline it would wait for ever
        await Connection.open(f"ws://127.0.0.1:{held.getsockname()[1]}/ws", ignore, ignore)
    held.close()


@on_uvloop
async def test_a_frame_that_is_too_long_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAME_BYTES", 1000)
    codes: list[int] = []

    async def talk_much(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        protocol.receive_data(await reader.read(1000))
        protocol.send_text(b"x" * 2000)
        writer.write(b"".join(protocol.data_to_send()))
        protocol.receive_data(await reader.read(1000))
        assert protocol.close_rcvd is not None
        codes.append(protocol.close_rcvd.code)

    said: list[bytes] = []
    closed: list[Connection] = []
    async with rude(talk_much) as url:
        connection = await Connection.open(url, said.append, closed.append)
        connection.send(b"talk")
        await eventually(lambda: closed == [connection])
        assert not connection.is_open
        with pytest.raises(ConnectionError):
            connection.send(b"anybody there?")
        await eventually(lambda: codes == [1009])
    assert said == []
