"""What is asked of programs that are not ours ends in time, and takes no more memory than it may."""

from __future__ import annotations

import asyncio
import gzip

import httpx
import pytest

from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import raw
from topowave.wire import http_client
from topowave.wire.http_client import bounded_client
from topowave.wire.http_post import post

HEAD = b"HTTP/1.1 200 OK\r\n"


class Answering:
    """A program that answers with the beginning of something, and then one piece again and again."""

    def __init__(self, begin: bytes, piece: bytes = b"", pause: float = 0.0) -> None:
        self._begin = begin
        self._piece = piece
        self._pause = pause
        self.said = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self._begin)
            while self._piece:
                writer.write(self._piece)
                self.said += len(self._piece)
                await asyncio.sleep(self._pause)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return


@on_uvloop
async def test_an_answer_without_end_is_read_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "ANSWER_BYTES", 100_000)
    program = Answering(HEAD + b"\r\n", bytes(65536))
    async with raw(program.talk) as port, bounded_client(60) as client:
        with pytest.raises(httpx.ReadError, match="more than 100000 bytes"):
            await client.get(f"http://127.0.0.1:{port}/")
    assert (
        program.said < 50_000_000
    )  # what the kernel and the writer keep, not what could be said in a minute


@pytest.mark.parametrize(
    ("begin", "piece"),
    [(HEAD + b"\r\n", b"x"), (HEAD, b"X: 1\r\n"), (HEAD + b"Content-Length: 9\r\n\r\nx", b"")],
    ids=["body", "headers", "silence"],
)
@on_uvloop
async def test_an_answer_that_drips_in_is_given_up_in_time(begin: bytes, piece: bytes) -> None:
    program = Answering(begin, piece, pause=0.01)
    async with raw(program.talk) as port, bounded_client(0.3) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(f"http://127.0.0.1:{port}/add_task")


@on_uvloop
async def test_a_packed_answer_is_refused_since_a_little_of_it_may_become_a_lot() -> None:
    packed = gzip.compress(bytes(10_000_000))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with raw(Answering(head + packed).talk) as port, bounded_client(60) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="packed"):
            await client.get(f"http://127.0.0.1:{port}/")


@on_uvloop
async def test_an_answer_within_its_limits_is_there_whole() -> None:
    async with (
        raw(Answering(HEAD + b"Content-Length: 5\r\n\r\nhello").talk) as port,
        bounded_client(60) as client,
    ):
        for _ in range(2):
            assert (await client.get(f"http://127.0.0.1:{port}/")).text == "hello"


@on_uvloop
async def test_what_a_receiver_says_to_a_frame_is_not_read_at_all() -> None:
    program = Answering(HEAD + b"\r\n", bytes(65536))
    async with raw(program.talk) as port:
        await post(f"http://127.0.0.1:{port}/tree", b"{}")
    assert program.said < 50_000_000
