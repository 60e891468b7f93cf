"""Links: they send without waiting, repair themselves, and say when the peer is gone."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from operator import eq
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import listening, rude
from topowave.wire import limits
from topowave.wire.link import Link

pytestmark = pytest.mark.usefixtures("time_to_connect")


@asynccontextmanager
async def link_to(url: str, **options: Any) -> AsyncGenerator[Link]:
    link = Link(url, **options)
    try:
        yield link
    finally:
        await link.close()


def has(found: list[int], count: int) -> bool:
    return len(found) == count


async def for_ever(_: ServerProtocol, __: asyncio.StreamReader, ___: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@on_uvloop
async def test_frames_leave_in_order_also_those_sent_before_the_link_was_open() -> None:
    async with listening() as peer, link_to(peer.url) as link:
        for number in range(100):
            link.send(str(number).encode())
        before = link.is_open
        await eventually(lambda: len(peer.heard) == 100)
        assert (before, link.is_open) == (False, True)
        for number in range(100, 200):
            link.send(str(number).encode())
        await eventually(lambda: len(peer.heard) == 200)
        assert peer.heard == [str(number) for number in range(200)]
        assert peer.opened == 1


@on_uvloop
async def test_a_link_opens_again_after_each_break_and_keeps_what_was_sent_meanwhile() -> None:
    breaks: list[int] = []
    opens: list[int] = []
    async with listening() as peer:
        options = {"on_down": lambda: breaks.append(1), "on_open": lambda: opens.append(1)}
        async with link_to(peer.url, **options) as link:
            link.open()
            sent: list[str] = []
            for number in range(1, 4):
                await eventually(lambda: link.is_open)
                # A break loses what has left and was not read, so there is none before the peer has heard it.
                await eventually(lambda: (peer.opened, peer.heard), partial(eq, (number, sent)))
                assert (len(opens), len(breaks)) == (number, number - 1)
                peer.break_off()
                await eventually(partial(has, breaks, number))
                sent.append(str(number))
                link.send(sent[-1].encode())
            await eventually(lambda: peer.heard == ["1", "2", "3"])
        await eventually(lambda: len(peer.codes) == 4)
        assert peer.codes[-1] == 1000
    assert len(breaks) == 3


@on_uvloop
async def test_what_had_left_when_the_connection_broke_is_not_sent_again() -> None:
    downs: list[int] = []
    talks: list[int] = []
    heard: list[bytes] = []
    has_left = asyncio.Event()

    async def talk(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        talks.append(1)
        if len(talks) == 1:
            await has_left.wait()
            return  # breaks the connection without having read
        while data := await reader.read(1000):
            protocol.receive_data(data)
            frames = [event for event in protocol.events_received() if isinstance(event, Frame)]
            heard.extend(bytes(frame.data) for frame in frames if frame.opcode is Opcode.TEXT)
            writer.write(b"".join(protocol.data_to_send()))

    async with rude(talk) as url, link_to(url, on_down=lambda: downs.append(1)) as link:
        link.open()
        await eventually(lambda: link.is_open)
        link.send(b"lost")
        assert link.is_idle
        has_left.set()
        await eventually(lambda: bool(downs))
        link.send(b"kept")
        await eventually(lambda: b"kept" in heard)
        assert (heard, link.dropped) == ([b"kept"], 0)


@on_uvloop
async def test_what_on_open_sends_goes_before_what_waited() -> None:
    async with listening() as peer:
        links: list[Link] = []
        async with link_to(peer.url, on_open=lambda: links[0].send(b"first")) as link:
            links.append(link)
            link.open()
            await eventually(lambda: peer.heard == ["first"])


@on_uvloop
async def test_too_many_frames_that_wait_push_out_the_oldest_which_are_counted() -> None:
    held = listener()
    async with link_to(f"ws://127.0.0.1:{held.getsockname()[1]}/ws", keep=3) as link:
        for number in range(5):
            link.send(str(number).encode())
        assert link.dropped == 2
        async with listening(held.getsockname()[1]) as peer:
            held.close()
            await eventually(lambda: peer.heard == ["2", "3", "4"])
            await link.close()


@on_uvloop
async def test_frames_that_wait_can_be_forgotten() -> None:
    held = listener()
    downs: list[float] = []
    async with link_to(f"ws://127.0.0.1:{held.getsockname()[1]}/ws") as link:
        link.send(b"old")
        link.forget_waiting()
        async with listening(held.getsockname()[1]) as peer:
            held.close()
            link.send(b"new")
            await eventually(lambda: peer.heard == ["new"])
            await link.close()
    assert downs == []


@on_uvloop
async def test_every_failed_attempt_tells_that_the_peer_is_down() -> None:
    held = listener()  # bound, but not listening: connections are refused
    downs: list[float] = []
    url = f"ws://127.0.0.1:{held.getsockname()[1]}/ws"
    async with link_to(url, on_down=lambda: downs.append(time.monotonic())) as link:
        link.open()
        await eventually(lambda: len(downs) == 5)
        pauses = [after - before for before, after in itertools.pairwise(downs)]
        for doublings, pause in enumerate(pauses):
            assert pause > 0.45 * limits.RECONNECT_FIRST * 2**doublings  # half of it is chance
    held.close()


@on_uvloop
async def test_a_peer_that_takes_connections_only_to_close_them_is_not_asked_again_and_again() -> None:
    attempts: list[float] = []

    async def leave(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        attempts.append(time.monotonic())
        protocol.send_ping(b"")
        writer.write(b"".join(protocol.data_to_send()))
        await reader.read(1)  # the pong: it has come to believe that it is connected

    async with rude(leave) as url, link_to(url) as link:
        link.open()
        await eventually(lambda: len(attempts) == 5)
        assert attempts[4] - attempts[3] > 3 * limits.RECONNECT_FIRST


@on_uvloop
async def test_a_ping_tells_whether_the_peer_is_alive() -> None:
    async with listening() as peer, link_to(peer.url) as link:
        assert not await link.ping(0.05)
        link.open()
        await eventually(lambda: link.is_open)
        assert await link.ping(1.0)
        assert all(await asyncio.gather(*(link.ping(1.0) for _ in range(5))))
    async with rude(for_ever) as url, link_to(url) as link:
        link.open()
        await eventually(lambda: link.is_open)
        before = time.monotonic()
        assert not await link.ping(0.1)
        assert time.monotonic() - before > 0.09
        link.abort()
        assert not await link.ping(1.0)


@on_uvloop
async def test_a_process_that_stood_still_during_a_ping_does_not_blame_its_peer() -> None:
    async with listening() as peer, link_to(peer.url) as link:
        link.open()
        await eventually(lambda: link.is_open)
        ping = asyncio.ensure_future(link.ping(0.2))
        await asyncio.sleep(0)  # it is under way
        time.sleep(0.2 + 2 * limits.STOOD_STILL)  # noqa: ASYNC251 - which is what is tested
        assert await ping


@on_uvloop
async def test_a_ping_ends_when_the_connection_does() -> None:
    async def leave_at_the_ping(
        _: ServerProtocol, reader: asyncio.StreamReader, __: asyncio.StreamWriter
    ) -> None:
        await reader.read(1)

    async with rude(leave_at_the_ping) as url, link_to(url) as link:
        link.open()
        await eventually(lambda: link.is_open)
        async with asyncio.timeout(PATIENCE_S):
            assert not await link.ping(2 * PATIENCE_S)


@on_uvloop
async def test_nobody_waits_for_a_peer_that_never_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 2 * PATIENCE_S)
    downs: list[int] = []

    async with (
        rude(for_ever) as url,
        listening() as other,
        link_to(other.url) as good,
        link_to(url, on_down=lambda: downs.append(1)) as stuck,
    ):
        stuck.open()
        good.open()
        await eventually(lambda: stuck.is_open and good.is_open)
        for number in range(80):
            stuck.send(b"x" * 100_000)
            good.send(str(number).encode())
        await eventually(lambda: len(other.heard) == 80)
        assert downs == []
        monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.1)  # nobody waits for the end of this link


@on_uvloop
async def test_a_peer_that_never_reads_loses_the_link_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.3)
    downs: list[float] = []

    def down() -> None:
        downs.append(time.monotonic())
        stuck.forget_waiting()

    async with rude(for_ever) as url, link_to(url, on_down=down) as stuck:
        stuck.open()
        await eventually(lambda: stuck.is_open)
        before = time.monotonic()
        for _ in range(80):
            stuck.send(b"x" * 100_000)
        await eventually(lambda: bool(downs))
        assert downs[0] - before > 0.25
        await eventually(lambda: stuck.is_open)


@on_uvloop
async def test_a_link_gives_up_at_once_past_its_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_BUFFER_BYTES", 1_000_000)
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 2 * PATIENCE_S)
    downs: list[int] = []
    async with rude(for_ever) as url, link_to(url, keep=2, on_down=lambda: downs.append(1)) as link:
        link.open()
        await eventually(lambda: link.is_open)
        for _ in range(100):
            link.send(b"x" * 100_000)
        assert link.dropped > 0
        await eventually(lambda: bool(downs))
        monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.1)  # nobody waits for the end of this link


@on_uvloop
async def test_what_waited_is_not_lost_when_it_is_too_much_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_BUFFER_BYTES", 200_000)
    async with listening() as peer, link_to(peer.url) as link:
        for number in range(100):
            link.send(b"%d " % number + b"x" * 100_000)
        await eventually(lambda: bool(peer.heard) and peer.heard[-1].startswith("99 "))
        numbers = [int(text.split()[0]) for text in peer.heard]
        # A connection that is given up loses what was in its buffer; what had not been sent is kept.
        assert sorted(set(numbers)) == numbers


@on_uvloop
async def test_the_end_of_an_old_connection_leaves_the_new_one_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.5)
    talks: list[int] = []
    heard: list[bytes] = []
    old_is_over = asyncio.Event()

    async def talk(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        talks.append(1)
        if len(talks) > 1:
            while text := await reader.read(1000):
                heard.append(text)
        # The first one says goodbye, but does not let the other side finish its own.
        await reader.readexactly(100_000)
        protocol.send_close(1000)
        writer.write(b"".join(protocol.data_to_send()))
        await eventually(lambda: bool(heard))
        while await reader.read(100_000):
            pass
        old_is_over.set()

    async with rude(talk) as url, link_to(url) as link:
        link.open()
        await eventually(lambda: link.is_open)
        for _ in range(100):
            link.send(b"x" * 100_000)
        await eventually(lambda: not link.is_open)
        link.send(b"on the new one")
        await asyncio.wait_for(old_is_over.wait(), PATIENCE_S)
        assert link.is_open
        count = len(heard)
        link.send(b"and again")
        await eventually(lambda: len(heard) > count)
        assert len(talks) == 2


@on_uvloop
async def test_what_the_peer_says_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.2)
    said: list[bytes] = []

    async def speak(
        protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        protocol.send_text(b"hello")
        protocol.send_ping(b"are you there?")
        writer.write(b"".join(protocol.data_to_send()))
        protocol.receive_data(await reader.read(1000))
        assert protocol.events_received()[0].data == b"are you there?"  # type: ignore[union-attr]
        said.append(b"and a pong came back")
        await asyncio.Event().wait()

    async with rude(speak) as url, link_to(url, on_text=said.append) as link:
        link.open()
        await eventually(lambda: said == [b"hello", b"and a pong came back"])


@on_uvloop
async def test_a_closed_link_stays_closed() -> None:
    async with listening() as peer:
        link = Link(peer.url)
        link.open()
        await eventually(lambda: link.is_open)
        await link.close()
        await link.close()
        link.send(b"too late")
        link.open()
        assert not await link.ping(0.1)
        await eventually(lambda: peer.codes == [1000])
        assert (peer.opened, peer.heard) == (1, [])


@on_uvloop
async def test_a_link_that_is_closed_has_sent_what_it_was_given() -> None:
    async with listening() as peer:
        link = Link(peer.url)
        link.open()
        await eventually(lambda: link.is_open)
        for number in range(50):
            link.send(b"%d " % number + b"x" * 20_000)
        await link.close()
        await eventually(lambda: peer.codes == [1000])
        assert len(peer.heard) == 50


@on_uvloop
async def test_to_close_takes_no_longer_than_the_deadline_when_the_peer_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT", 0.2)
    async with rude(for_ever) as url:
        link = Link(url)
        link.open()
        await eventually(lambda: link.is_open)
        before = time.monotonic()
        await link.close()
        assert time.monotonic() - before > 0.15
        assert not link.is_open


@on_uvloop
async def test_a_link_that_is_held_is_not_opened_until_it_is_released() -> None:
    downs: list[None] = []
    async with listening() as other:
        link = Link(other.url, on_down=lambda: downs.append(None))
        link.open()
        await eventually(lambda: link.is_open)
        link.hold()
        await eventually(lambda: len(downs) == 1)
        link.send(b"kept")
        link.open()
        await asyncio.sleep(2 * limits.RECONNECT_FIRST)
        assert (other.opened, other.heard, link.is_open) == (1, [], False)
        link.release()
        await eventually(lambda: other.heard == ["kept"])
        assert other.opened == 2
        await link.close()
