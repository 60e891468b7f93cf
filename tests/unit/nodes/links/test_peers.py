"""Neighbours: one link that stays to our own, a connection a frame and one wave at a time to foreign ones."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import failures_of, on_uvloop
from tests.unit.wire.peers import Listener, listening, rude
from topowave.nodes.links import peers
from topowave.nodes.links.openings import Openings
from topowave.nodes.links.peers import ForeignPeer, OwnPeer
from topowave.wire import limits
from topowave.wire.link import Link


def own(url: str, delay: float = 0.0, downs: list[int] | None = None) -> OwnPeer:
    return OwnPeer(3, "b", url, delay, (downs if downs is not None else []).append, Openings(lambda _: None))


def foreign(url: str, delay: float = 0.0, downs: list[int] | None = None) -> ForeignPeer:
    return ForeignPeer(3, "b", url, delay, (downs if downs is not None else []).append)


async def opened(peer: OwnPeer, other: Listener) -> None:
    """Open a link, and wait until both ends know that it is: the other one knows first."""
    peer.open()
    peer.send(b"hello", "w-0")
    await eventually(lambda: other.heard == ["hello"])


@on_uvloop
async def test_frames_to_our_own_keep_their_order_under_a_delay() -> None:
    async with listening() as other:
        peer = own(other.url, delay=0.05)
        peer.open()
        before = time.monotonic()
        for number in range(200):
            peer.send(str(number).encode(), "w-1")
        await eventually(lambda: len(other.heard) == 200)
        assert time.monotonic() - before >= 0.05
        assert other.heard == [str(number) for number in range(200)]
        assert (other.opened, peer.asked) == (1, None)
        await peer.close()


@pytest.mark.slow
@on_uvloop
async def test_no_frame_overtakes_an_earlier_one_when_the_delay_shrinks() -> None:
    async with listening() as other:
        peer = own(other.url, delay=0.3)
        await opened(peer, other)
        for delay, text in ((0.3, b"first"), (0.1, b"second"), (0.0, b"third"), (0.0, b"fourth")):
            peer.set_delay(delay)
            peer.send(text, "w-1")
        await eventually(lambda: len(other.heard) == 5)
        assert other.heard == ["hello", "first", "second", "third", "fourth"]
        peer.send(b"at once", "w-2")  # nothing waits any more
        await eventually(lambda: other.heard[-1] == "at once")
        await peer.close()


@on_uvloop
async def test_no_frame_to_a_foreign_peer_leaves_before_an_earlier_one_when_the_delay_shrinks() -> None:
    async with listening() as other:
        peer = foreign(other.url, delay=0.3)
        before = time.monotonic()
        peer.send(b"first", "w-1")
        peer.set_delay(0.0)
        peer.send(b"second", "w-2", awaits_answer=True)
        await eventually(lambda: "second" in other.heard)
        assert time.monotonic() - before >= 0.3
        await peer.close()


@on_uvloop
async def test_frames_in_the_delay_are_forgotten_when_the_link_breaks() -> None:
    downs: list[int] = []
    async with listening() as other:
        peer = own(other.url, delay=1.0, downs=downs)  # more than it takes to notice the break
        peer.open()
        peer.send(b"first", "w-1")
        await eventually(lambda: other.heard == ["first"])
        peer.send(b"lost", "w-1")
        other.break_off()
        await eventually(lambda: downs == [3])
        peer.send(b"later", "w-2")
        await eventually(lambda: len(other.heard) == 2)
        assert other.heard == ["first", "later"]
        await peer.close()


@on_uvloop
async def test_a_closed_peer_sends_nothing_that_was_in_the_delay() -> None:
    async with listening() as other:
        peer = own(other.url, delay=0.05)
        await opened(peer, other)
        peer.send(b"never", "w-1")
        await peer.close()
        await eventually(lambda: other.codes == [1000])
        await asyncio.sleep(0.1)  # what must not happen has its time
        assert (other.heard, other.opened) == (["hello"], 1)


@on_uvloop
async def test_all_who_ask_at_once_whether_a_peer_lives_share_one_ping() -> None:
    async with listening() as other:
        peer = own(other.url)
        assert not await peer.alive(0.1)
        await opened(peer, other)
        found = await asyncio.gather(*(peer.alive(PATIENCE_S) for _ in range(10)))
        assert all(found)
        await peer.close()


@on_uvloop
async def test_nothing_speaks_against_a_peer_while_its_link_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANDSHAKES", 1)
    held = listener()
    held.listen()  # connections wait in the kernel
    url = f"ws://127.0.0.1:{held.getsockname()[1]}/ws"
    first, second = own(url), own(url)
    first.open()
    second.open()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await first.alive(0.1), await second.alive(0.1)) == (False, True)
    await first.close()
    await second.close()
    held.close()


@on_uvloop
async def test_a_peer_in_the_same_process_is_not_asked_whether_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Link, "ping", fail)
    async with listening() as other:
        peer = own(other.url)
        peer.shares_process = True
        await opened(peer, other)
        assert await peer.alive(PATIENCE_S)
        peer.partition()
        assert not await peer.alive(PATIENCE_S)
        await peer.close()


@on_uvloop
async def test_one_who_stops_asking_does_not_spoil_it_for_the_others() -> None:
    async def read_nothing(*_: object) -> None:
        await asyncio.Event().wait()

    async with rude(read_nothing) as url:
        peer = own(url)
        peer.open()
        first = asyncio.create_task(peer.alive(0.2))
        second = asyncio.create_task(peer.alive(0.2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second is False
        with pytest.raises(asyncio.CancelledError):
            await first
        await peer.close()


@on_uvloop
async def test_a_foreign_peer_gets_a_connection_for_every_frame_closed_politely() -> None:
    async with listening() as other:
        peer = foreign(other.url)
        for number in range(5):
            peer.send(str(number).encode(), "w-1")
        await eventually(lambda: other.codes == [1000] * 5)
        assert sorted(other.heard) == list("01234")
        await peer.close()


@on_uvloop
async def test_a_foreign_peer_is_asked_in_one_wave_at_a_time() -> None:
    async with listening() as other:
        peer = foreign(other.url)
        for wave in ("w-1", "w-2", "w-3"):
            peer.send(wave.encode(), wave, awaits_answer=True)
        peer.send(b"no request", "w-9")
        await eventually(lambda: sorted(other.heard) == ["no request", "w-1"])
        assert peer.asked == "w-1"
        peer.release("w-2")  # it is over before it was asked
        peer.answered()
        await eventually(lambda: other.heard[-1] == "w-3")
        assert peer.asked == "w-3"
        peer.release("w-1")  # over already
        assert peer.asked == "w-3"
        peer.release("w-3")
        peer.answered()
        assert not peer.asked
        await peer.close()


@on_uvloop
async def test_a_request_that_cannot_be_sent_frees_a_foreign_peer_for_the_next() -> None:
    held = listener()
    port = held.getsockname()[1]
    downs: list[int] = []
    peer = foreign(f"ws://127.0.0.1:{port}/ws", downs=downs)
    for wave in ("w-1", "w-2"):
        peer.send(wave.encode(), wave, awaits_answer=True)
    await eventually(lambda: downs == [3])
    assert peer.asked is None
    assert not await peer.alive(0.5)
    held.close()
    async with listening(port) as other:
        assert await peer.alive(0.5)
        peer.send(b"w-3", "w-3", awaits_answer=True)
        await eventually(lambda: other.heard == ["w-3"])
        await peer.close()


@on_uvloop
async def test_an_answer_goes_where_the_foreign_peer_wants_it() -> None:
    async with listening() as other, listening() as elsewhere:
        peer = foreign(other.url)
        peer.send(b"answer", "w-1", to=elsewhere.url)
        await eventually(lambda: elsewhere.heard == ["answer"])
        peer.send(b"message", "w-1")
        await eventually(lambda: other.heard == ["message"])
        await peer.close()


@pytest.mark.parametrize("awaits_answer", [True, False])
@on_uvloop
async def test_only_so_much_waits_for_a_foreign_peer(
    awaits_answer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FOREIGN_WAITING", 3)
    held = listener()
    held.listen()  # it accepts, in the kernel, and never answers
    downs: list[int] = []
    peer = foreign(f"ws://127.0.0.1:{held.getsockname()[1]}/ws", downs=downs)
    for number in range(6):
        peer.send(b"x", f"w-{number}", awaits_answer=awaits_answer)
        assert downs == []  # never in the middle of what the wave does
    await eventually(lambda: bool(downs))
    assert len(downs) == (2 if awaits_answer else 3)
    await peer.close()
    held.close()


@on_uvloop
async def test_a_foreign_peer_that_hangs_is_not_alive() -> None:
    held = listener()
    held.listen()
    peer = foreign(f"ws://127.0.0.1:{held.getsockname()[1]}/ws")
    async with asyncio.timeout(PATIENCE_S):
        assert not await peer.alive(0.1)
    held.close()


async def fail(*_: object) -> None:
    raise ZeroDivisionError("no frame")


@on_uvloop
async def test_what_fails_on_the_way_to_a_foreign_peer_is_heard_and_the_waves_go_on_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peers, "deliver", fail)
    downs: list[int] = []
    peer = foreign("http://127.0.0.1:9/", downs=downs)
    with failures_of(peers) as failures:
        peer.send(b"one", "w-1", awaits_answer=True)
        peer.send(b"two", "w-2", awaits_answer=True)
        await eventually(lambda: downs == [3])
    assert failures == ["Sending to b failed: ZeroDivisionError('no frame')"]
    assert peer.asked is None
    await peer.close()
    assert downs == [3]


@on_uvloop
async def test_a_ping_that_fails_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Link, "ping", fail)
    peer = own("ws://127.0.0.1:9/ws")
    with failures_of(peers) as failures, pytest.raises(ZeroDivisionError):
        await peer.alive(PATIENCE_S)
    assert failures == ["A ping to b failed: ZeroDivisionError('no frame')"]
    await peer.close()
