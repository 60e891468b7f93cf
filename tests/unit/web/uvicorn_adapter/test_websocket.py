"""Text frames reach a function at once, in their order, whichever way they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, WebSocket
from starlette.types import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import bare_websocket, close_code, text_frame
from topowave.web.uvicorn_adapter.server import serving
from topowave.web.uvicorn_adapter.websocket import HangUp, take_texts
from topowave.wire import limits


class Ear:
    """An app that keeps what it hears, answers what asks, and hangs up when told to."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.app = FastAPI()
        self.left = 0

        @self.app.websocket("/ws")
        async def ws(websocket: WebSocket) -> None:
            await websocket.accept()
            await take_texts(websocket, self.take)
            self.left += 1

    def take(self, text: bytes | str) -> bytes | None:
        told = text if isinstance(text, bytes) else text.encode()
        if told == b"enough":
            raise HangUp("as you wish")
        self.heard.append(told)
        return b"yes, " + told if told.endswith(b"?") else None


@asynccontextmanager
async def hearing() -> AsyncGenerator[tuple[Ear, int]]:
    ear, held = Ear(), listener()
    async with serving(ear.app, held):
        yield ear, held.getsockname()[1]


def visit(port: int) -> connect:
    return connect(f"ws://127.0.0.1:{port}/ws", proxy=None, compression=None)


async def asked(client: ClientConnection, question: str | bytes) -> str | bytes:
    await client.send(question)
    async with asyncio.timeout(PATIENCE_S):
        return await client.recv()


@on_uvloop
async def test_texts_fragments_bytes_and_pings_arrive_in_order_and_are_answered() -> None:
    async with hearing() as (ear, port), visit(port) as client:
        await client.send("one")
        await client.send(["frag", "mént"])
        await (await client.ping())
        await client.send(b"bytes")
        assert await asked(client, "zwölf?") == "yes, zwölf?"
        assert await asked(client, "x" * 70_000 + "?") == "yes, " + "x" * 70_000 + "?"
        assert [text[:10] for text in ear.heard[:4]] == [
            b"one",
            "fragmént".encode(),
            b"bytes",
            "zwölf?".encode(),
        ]
    await eventually(lambda: ear.left == 1)


@on_uvloop
async def test_whoever_is_told_to_leave_is_told_why() -> None:
    async with hearing() as (ear, port), visit(port) as client:
        await client.send("one")
        await client.send("enough")
        await client.send("more")
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "as you wish")
        await eventually(lambda: ear.left == 1)
        assert ear.heard == [b"one"]


@on_uvloop
async def test_what_is_no_text_closes_the_connection_with_1007_and_what_is_too_long_with_1009() -> None:
    for frame, code in (
        (text_frame(b"\xff"), 1007),
        (text_frame(b"x", length=limits.FRAME_BYTES + 1), 1009),
    ):
        async with hearing() as (ear, port), bare_websocket(port) as (reader, writer):
            writer.write(text_frame(b"first") + frame)
            assert await close_code(reader) == code
            assert ear.heard == [b"first"]


@on_uvloop
async def test_why_a_program_is_left_whose_frames_are_none_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for frame, why in (
        (b"\x81\x05first", "incorrect masking (1002)"),
        (b"\xf1\x85abcdfirst", "reserved bits must be 0 (1002)"),
        (text_frame(b"\xff"), "(1007)"),
    ):
        caplog.clear()
        async with hearing() as (_, port), bare_websocket(port) as (reader, writer):
            writer.write(frame)
            assert await close_code(reader) in {1002, 1007}
        (record,) = caplog.records
        assert record.getMessage().startswith("a WebSocket's frames are none, so it is closed: ")
        assert record.getMessage().endswith(why)


@on_uvloop
async def test_what_is_no_text_writes_no_traceback_where_an_app_reads_by_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, held = FastAPI(), listener()

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive()

    async with serving(app, held), bare_websocket(held.getsockname()[1]) as (reader, writer):
        writer.write(text_frame(b"\xff"))
        assert await close_code(reader) == 1007
    assert not caplog.records


@on_uvloop
async def test_who_asks_and_never_reads_is_left_after_the_send_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.2)
    async with hearing() as (ear, port), bare_websocket(port) as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        question = text_frame(b"x" * 100_000 + b"?")
        while not ear.left:
            if not writer.transport.is_closing() and writer.transport.get_write_buffer_size() < 1_000_000:
                writer.write(question)
            await asyncio.sleep(0)


@on_uvloop
async def test_a_server_of_another_make_gives_texts_too() -> None:
    ear = Ear()
    told = [{"type": "websocket.connect"}]
    told += [{"type": "websocket.receive", "text": text} for text in ("one?", "two", "enough", "more")]
    said: list[Message] = []

    async def receive() -> Message:
        return told.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    websocket = WebSocket({"type": "websocket", "headers": []}, receive, send)
    await websocket.accept()
    await take_texts(websocket, ear.take)
    assert ear.heard == [b"one?", b"two"]
    assert [message["type"] for message in said] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert (said[1]["text"], said[2]["code"]) == ("yes, one?", 1008)
