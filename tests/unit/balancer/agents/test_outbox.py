"""What waits for an agent."""

from __future__ import annotations

import asyncio

import pytest

from topowave.balancer.agents.outbox import Outbox
from topowave.balancer.limits import AGENT_SIGNALS
from topowave.wire.agents import AgentSignal, Beat, Wanted

pytestmark = pytest.mark.anyio


def wanted(version: int, session: str = "s1") -> Wanted:
    return Wanted("a1", session, version, [], {}, [])


def signal(incarnation: int, session: str = "s1") -> AgentSignal:
    return AgentSignal("a1", session, incarnation, "kill")


async def test_of_what_says_the_whole_only_the_last_is_said_and_heartbeats_are_answered_first() -> None:
    box = Outbox()
    box.want(wanted(1))
    box.signal(signal(7))
    box.want(wanted(2))
    box.opened("s1")
    box.answer(Beat(1))
    box.answer(Beat(2))
    assert [await box.next() for _ in range(3)] == [Beat(2), wanted(2), signal(7)]


async def test_what_is_wanted_is_said_again_on_each_connection() -> None:
    box = Outbox()
    box.want(wanted(1))
    for _ in range(2):
        box.opened("s1")
        assert await box.next() == wanted(1)


async def test_what_is_meant_for_another_session_is_not_said() -> None:
    box = Outbox()
    box.want(wanted(1, "s0"))
    box.signal(signal(6, "s0"))
    box.opened("s1")
    next_ = asyncio.ensure_future(box.next())
    await asyncio.sleep(0)
    assert not next_.done()
    box.signal(signal(7))
    assert await next_ == signal(7)


async def test_signals_that_wait_are_bounded() -> None:
    box = Outbox()
    for number in range(AGENT_SIGNALS + 1):
        box.signal(signal(number))
    box.opened("s1")
    assert await box.next() == signal(1)
