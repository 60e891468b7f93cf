"""Frames that are begun and not ended take no more memory than a process gives them, and not for long."""

from __future__ import annotations

import contextlib
import functools
import operator

import pytest
from fastapi import FastAPI, WebSocket

from tests.support.waiting import eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import bare_websocket, close_code, text_frame
from topowave.web.uvicorn_adapter import unfinished
from topowave.web.uvicorn_adapter.server import serving
from topowave.web.uvicorn_adapter.websocket import take_texts
from topowave.wire import limits

BEGUN = {
    "a text": text_frame(b"x" * 999, length=1000),
    "a text that is not ASCII": b"\x82\xfe" + (1000).to_bytes(2, "big") + bytes(4) + bytes(999),
    "parts": b"\x01\xfe" + (999).to_bytes(2, "big") + bytes(4) + bytes(999),
}
"""Frames of about a thousand bytes without their ends."""


def app() -> FastAPI:
    made = FastAPI()

    @made.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        await take_texts(websocket, lambda text: b"thanks" if text else None)

    return made


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
@on_uvloop
async def test_above_the_limit_who_begins_another_frame_is_refused(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNFINISHED_BYTES", 3500)
    held = listener()
    port = held.getsockname()[1]
    async with serving(app(), held), contextlib.AsyncExitStack() as stack:
        for number in range(1, 4):
            _, writer = await stack.enter_async_context(bare_websocket(port))
            writer.write(begun)
            await eventually(unfinished.kept, functools.partial(operator.le, 999 * number))
        reader, writer = await stack.enter_async_context(bare_websocket(port))
        writer.write(begun)
        assert await close_code(reader) == 1008
        await eventually(lambda: unfinished.kept() < 3500)
        reader, writer = await stack.enter_async_context(bare_websocket(port))
        writer.write(text_frame(b"hello"))
        assert await reader.readexactly(8) == b"\x81\x06thanks"
    assert unfinished.kept() == 0


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
@on_uvloop
async def test_a_frame_that_does_not_end_in_time_loses_its_connection(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = listener()
    async with serving(app(), held) as server, bare_websocket(held.getsockname()[1]) as (_, writer):
        monkeypatch.setattr(limits, "REQUEST_TIMEOUT", 0.3)  # the handshake had its usual time
        writer.write(begun)
        await eventually(lambda: not server.server_state.connections)
    assert unfinished.kept() == 0
