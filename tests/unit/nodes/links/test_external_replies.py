"""Answers to those who are no neighbours arrive, and nobody holds the node up."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import failures_of, on_uvloop
from tests.unit.wire.peers import listening, raw
from topowave.nodes.links import external_replies
from topowave.nodes.links.external_replies import ExternalReplies
from topowave.wire import limits
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.link import Link


@on_uvloop
async def test_who_asks_again_is_answered_on_the_same_link() -> None:
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for number in range(10):
            replies.answer(asker.url, str(number).encode())
        await eventually(lambda: asker.heard == list("0123456789"))
        assert asker.opened == 1
        await replies.close()
        await eventually(lambda: asker.codes == [1000])


@on_uvloop
async def test_who_went_away_and_came_back_is_answered_again() -> None:
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        replies.answer(asker.url, b"one")
        await eventually(lambda: asker.heard == ["one"])
        asker.break_off()
        await eventually(lambda: len(asker.codes) == 1)
        await eventually(lambda: replies.open_links == 0)
        replies.answer(asker.url, b"two")
        await eventually(lambda: asker.heard == ["one", "two"])
        await replies.close()


@on_uvloop
async def test_only_the_last_few_keep_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXTERNAL_REPLIES", 2)
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for number in range(5):
            replies.answer(f"{asker.url}?{number}", str(number).encode())
            await eventually(lambda number=number: len(asker.heard) == number + 1)  # type: ignore[misc]
            assert replies.open_links <= 2
        await eventually(lambda: len(asker.codes) == 3)
        await replies.close()


@on_uvloop
async def test_nobody_s_answer_is_lost_because_others_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXTERNAL_REPLIES", 2)
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for number in range(20):
            replies.answer(f"{asker.url}?{number}", str(number).encode())
        await eventually(lambda: sorted(map(int, asker.heard)) == list(range(20)))
        replies.answer(f"{asker.url}?20", b"20")
        await eventually(lambda: len(asker.heard) == 21)
        assert replies.open_links <= 3
        await replies.close()


@on_uvloop
async def test_who_is_not_there_is_forgotten() -> None:
    held = listener()
    port = held.getsockname()[1]
    replies = ExternalReplies(AllowedTargets("127.0.0.1"))
    replies.answer(f"ws://127.0.0.1:{port}/ws", b"x")
    replies.answer(f"http://127.0.0.1:{port}/", b"x")
    await eventually(lambda: replies.open_links == 0 and replies.posting == 0)
    await replies.close()
    held.close()


@on_uvloop
async def test_posts_take_turns_and_those_that_hang_hold_up_neither_others_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "EXTERNAL_REPLIES", 2)
    monkeypatch.setattr(limits, "ANSWERS_WAITING", 5)
    open_now: list[int] = []
    most: list[int] = []

    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        open_now.append(1)
        most.append(len(open_now))
        await asyncio.Event().wait()

    async with raw(hang) as port, listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for _ in range(9):
            replies.answer(f"http://127.0.0.1:{port}/", b"x")
        assert replies.posting == 5
        replies.answer(asker.url, b"one")
        await eventually(lambda: asker.heard == ["one"] and most == [1, 2])
        async with asyncio.timeout(PATIENCE_S):  # what hangs would hang for ever
            await replies.close()


@on_uvloop
async def test_nobody_out_of_reach_is_answered() -> None:
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("10.0.0.7"))
        for url in (asker.url.replace("127.0.0.1", "127.0.0.2"), asker.url.replace("ws://", "http://127.1@")):
            replies.answer(url, b"one")
        assert replies.open_links == 0
        assert replies.posting == 0
        replies.answer(asker.url, b"two")
        await eventually(lambda: asker.heard == ["two"])
        await replies.close()
        opened = ExternalReplies(AllowedTargets("10.0.0.7", ["127.0.0.0/8"]))
        opened.answer(asker.url, b"three")
        await eventually(lambda: asker.heard == ["two", "three"])
        await opened.close()


@on_uvloop
async def test_an_answer_that_fails_is_heard_and_so_is_a_link_that_cannot_be_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError("no frame")

    monkeypatch.setattr(external_replies, "post", fail)
    replies = ExternalReplies(AllowedTargets("127.0.0.1"))
    with failures_of(external_replies) as failures:
        replies.answer("http://127.0.0.1:9/", b"x")
        await eventually(lambda: replies.posting == 0)
        assert failures == ["Answering http://127.0.0.1:9/ failed: ZeroDivisionError('no frame')"]
        async with listening() as asker:
            replies.answer(asker.url, b"y")
            await eventually(lambda: asker.heard == ["y"])
            closes = Link.close

            async def close_and_fail(link: Link) -> None:
                await closes(link)
                raise ZeroDivisionError

            monkeypatch.setattr(Link, "close", close_and_fail)
            await replies.close()
            assert failures[1:] == [f"Closing the link to {asker.url} failed: ZeroDivisionError()"]
