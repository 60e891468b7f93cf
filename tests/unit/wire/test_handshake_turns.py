"""Handshakes of a process take turns, and the time of each counts from its own."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import listening
from topowave.wire import limits
from topowave.wire.connection import Connection
from topowave.wire.link import Link


def ignore(_: object) -> None:
    """Do nothing."""


@on_uvloop
async def test_more_handshakes_than_the_limit_wait_and_the_time_of_each_counts_from_its_own_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANDSHAKES", 1)
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", 0.3)
    held = listener()
    held.listen()
    silent = f"ws://127.0.0.1:{held.getsockname()[1]}/ws"
    async with listening() as other:
        ends: list[str] = []

        async def silent_one() -> None:
            with pytest.raises(TimeoutError):
                await Connection.open(silent, ignore, ignore)
            ends.append("silent")

        async def good_one() -> None:
            connection = await Connection.open(other.url, ignore, ignore)
            ends.append("good")
            connection.abort()

        await asyncio.gather(silent_one(), silent_one(), good_one())
        assert ends == ["silent", "silent", "good"]
    held.close()


@on_uvloop
async def test_a_link_that_waits_for_no_turn_is_opened_before_all_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANDSHAKES", 1)
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", PATIENCE_S)
    held = listener()
    held.listen()  # connections wait in the kernel
    async with listening() as other:
        first, behind = Link(f"ws://127.0.0.1:{held.getsockname()[1]}/ws"), Link(other.url)
        first.open()
        behind.open()
        await eventually(lambda: behind.waits_for_turn)
        assert not first.waits_for_turn
        reports = Link(other.url, in_turn=False)
        reports.open()
        await eventually(lambda: reports.is_open)
        for link in (first, behind, reports):
            await link.close()
        assert not behind.waits_for_turn
    held.close()
