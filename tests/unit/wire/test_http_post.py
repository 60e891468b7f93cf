"""A frame over HTTP arrives, or an OSError says that it did not, in time."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import raw
from topowave.wire import limits
from topowave.wire.http_post import post


@on_uvloop
async def test_a_frame_is_posted_as_json() -> None:
    got: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        got.extend([head, await reader.readexactly(2)])
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async with raw(take) as port:
        await post(f"http://127.0.0.1:{port}/answer?x=1", b"{}")
    assert got[0].startswith(b"POST /answer?x=1 HTTP/1.1\r\n")
    assert b"content-type: application/json\r\n" in got[0].lower()
    assert got[1] == b"{}"


@on_uvloop
async def test_who_does_not_listen_is_an_error() -> None:
    held = listener()
    for url in (f"http://127.0.0.1:{held.getsockname()[1]}/", "http://127.0.0.1:0/", "http://[::1/"):
        with pytest.raises(OSError):  # noqa: PT011 - any kind of it
            await post(url, b"{}")
    held.close()


@on_uvloop
async def test_who_dawdles_is_an_error_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", 0.3)

    async def dawdle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:  # a header now and then, so that no single read takes long
            writer.write(b"x: y\r\n")
            await asyncio.sleep(0.02)

    async with raw(dawdle) as port:
        with pytest.raises(
            OSError, match="no answer within"
        ):  # without a deadline of its own it would wait for ever
            await post(f"http://127.0.0.1:{port}/", b"{}")
