"""What is asked of programs that are not ours ends in time, and takes no more memory than it may."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import suppress

import httpx
import pytest
from httpcore._async import http11

from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import raw
from topowave.balancer.limits import MOVE_TIMEOUT, TASK_TIMEOUT
from topowave.balancer.node_client import CONNECTIONS
from topowave.wire import http_client, limits
from topowave.wire.http_client import bounded_client
from topowave.wire.http_post import post
from topowave.wire.limits import IDLE_CONNECTION

HEAD = b"HTTP/1.1 200 OK\r\n"


class FakeClock:
    """Time as httpcore reads it, which goes on only when a test says so (s)."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s


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
async def test_a_connection_is_used_again_only_while_its_server_surely_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that stalls past its time drops a request unread: nobody knows then whether it was done."""
    clock, came = FakeClock(), 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(HEAD + b"Content-Length: 0\r\n\r\n")

    monkeypatch.setattr(http11, "time", clock)
    async with raw(talk) as port, bounded_client(60) as client:
        for idle_s, connections in ((0.0, 1), (IDLE_CONNECTION - 0.1, 1), (IDLE_CONNECTION + 0.1, 2)):
            clock.now_s += idle_s
            assert (await client.get(f"http://127.0.0.1:{port}/")).is_success
            assert came == connections


def test_no_request_that_is_still_waited_for_is_as_old_as_a_server_lets_its_connection_be() -> None:
    longest_s = max(TASK_TIMEOUT, MOVE_TIMEOUT, limits.MOVE_TIMEOUT)
    assert IDLE_CONNECTION + longest_s < limits.KEEP_ALIVE
    assert (CONNECTIONS.keepalive_expiry or 0) + longest_s < limits.KEEP_ALIVE  # those of the balancer


@on_uvloop
async def test_what_a_receiver_says_to_a_frame_is_not_read_at_all() -> None:
    program = Answering(HEAD + b"\r\n", bytes(65536))
    async with raw(program.talk) as port:
        await post(f"http://127.0.0.1:{port}/tree", b"{}")
    assert program.said < 50_000_000
