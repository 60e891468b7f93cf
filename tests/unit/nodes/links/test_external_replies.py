"""Answers to those who are no neighbours arrive, and nobody holds the node up."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.nodes.lab import listener
from tests.unit.wire.loop import failures_of, on_uvloop
from tests.unit.wire.peers import listening, raw
from topowave.nodes.links import external_replies
from topowave.nodes.links.external_replies import ExternalReplies
from topowave.wire import limits
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.link import Link


@pytest.fixture(autouse=True)
def _time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """A frame is sent once; where the machine has other things to do, its usual time is not enough."""
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", PATIENCE_S)


@on_uvloop
async def test_the_lab_s_own_balancer_is_answered_on_a_link_that_stays() -> None:
    async with listening() as balancer:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"), balancer.url)
        for number in range(10):
            replies.answer(balancer.url, str(number).encode(), names_wave=True)
        await eventually(lambda: balancer.heard == list("0123456789"))
        assert balancer.opened == 1
        balancer.break_off()
        await eventually(lambda: len(balancer.codes) == 1)
        replies.answer(balancer.url, b"again", names_wave=True)
        await eventually(lambda: balancer.heard[-1] == "again")
        await replies.close()
        await eventually(lambda: balancer.codes[1:] == [1000])


@pytest.mark.parametrize("names_wave", [True, False])
@on_uvloop
async def test_everybody_else_is_answered_on_a_connection_for_each_answer(names_wave: bool) -> None:
    async with listening() as asker, listening() as balancer:
        # Another program may stand where the balancer stands; it names no waves.
        replies = ExternalReplies(AllowedTargets("127.0.0.1"), (balancer if names_wave else asker).url)
        for number in range(5):
            replies.answer(asker.url, str(number).encode(), names_wave=names_wave)
        await eventually(lambda: asker.codes == [1000] * 5)
        assert asker.heard == list("01234")
        await replies.close()


@on_uvloop
async def test_whose_handler_returns_after_a_frame_loses_none() -> None:
    heard: list[str] = []

    async def take_one(connection: ServerConnection) -> None:
        heard.append(str(await connection.recv()))

    async with serve(take_one, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ws"
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for number in range(10):
            replies.answer(url, str(number).encode())
        await eventually(lambda: heard == list("0123456789"))
        await replies.close()


@on_uvloop
async def test_an_answer_that_is_not_accepted_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ANSWERS_WAITING", 1)
    reasons: list[str] = []
    held = listener()
    url = f"ws://127.0.0.1:{held.getsockname()[1]}/ws"
    replies = ExternalReplies(AllowedTargets("127.0.0.1"))
    for _ in range(2):
        replies.answer(url, b"x", failed=reasons.append)
    replies.answer("ws://elsewhere.example/ws", b"x", failed=reasons.append)
    await eventually(lambda: len(reasons) == 3)
    assert reasons[0] == "1 answers wait already"
    assert reasons[1] == "this lab does not answer there"
    assert "refused" in reasons[2]
    await replies.close()
    held.close()


@on_uvloop
async def test_who_is_not_there_is_forgotten() -> None:
    held = listener()
    port = held.getsockname()[1]
    replies = ExternalReplies(AllowedTargets("127.0.0.1"))
    replies.answer(f"ws://127.0.0.1:{port}/ws", b"x")
    replies.answer(f"http://127.0.0.1:{port}/", b"x")
    await eventually(lambda: replies.sending == 0)
    await replies.close()
    held.close()


@on_uvloop
async def test_answers_to_one_take_turns_and_those_that_hang_hold_up_neither_others_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "EXTERNAL_REPLIES", 2)
    monkeypatch.setattr(limits, "ANSWERS_WAITING", 6)
    open_now: list[int] = []
    most: list[int] = []

    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        open_now.append(1)
        most.append(len(open_now))
        await asyncio.Event().wait()

    async with raw(hang) as port, listening() as asker:
        replies = ExternalReplies(AllowedTargets("127.0.0.1"))
        for _ in range(5):
            replies.answer(f"http://127.0.0.1:{port}/", b"x")
        assert replies.sending == 5
        replies.answer(asker.url, b"one")
        await eventually(lambda: asker.heard == ["one"] and most == [1])
        async with asyncio.timeout(PATIENCE_S):  # what hangs would hang for ever
            await replies.close()


@on_uvloop
async def test_nobody_out_of_reach_is_answered() -> None:
    async with listening() as asker:
        replies = ExternalReplies(AllowedTargets("10.0.0.7", own_ports=[asker.port]))
        for url in (asker.url.replace("127.0.0.1", "127.0.0.2"), asker.url.replace("ws://", "http://127.1@")):
            replies.answer(url, b"one")
        assert replies.sending == 0
        replies.answer(asker.url, b"two")
        await eventually(lambda: asker.heard == ["two"])
        await replies.close()
        opened = ExternalReplies(AllowedTargets("10.0.0.7", ["127.0.0.0/8"]))
        opened.answer(asker.url, b"three")
        await eventually(lambda: asker.heard == ["two", "three"])
        await opened.close()


@on_uvloop
@pytest.mark.parametrize("called", ["127.0.0.1", "localhost", "[::1]", "192.168.1.5"])
@pytest.mark.parametrize("names_wave", [True, False])
async def test_the_balancer_is_answered_where_this_node_reaches_it_whatever_it_calls_itself(
    called: str, names_wave: bool
) -> None:
    async with listening() as asker:
        at = asker.url.replace("127.0.0.1", "127.0.0.9")  # as a node on another machine knows the lab's
        allowed = AllowedTargets("127.0.0.9", own_ports=[asker.port], also_called=["192.168.1.5"])
        replies = ExternalReplies(allowed, at)
        went: list[str] = []
        with pytest.MonkeyPatch.context() as patch:

            async def deliver(url: str, text: bytes) -> None:
                went.append(url)

            def send(link: Link, text: bytes) -> None:
                went.append(link.url)

            patch.setattr(external_replies, "deliver", deliver)
            patch.setattr(Link, "send", send)
            replies.answer(asker.url.replace("127.0.0.1", called), b"one", names_wave=names_wave)
            await eventually(lambda: went == [at])
            replies.answer(f"http://{called}:{asker.port}?a=b", b"two")
            await eventually(lambda: went[1:] == [f"http://127.0.0.9:{asker.port}?a=b"])
        await replies.close()


@on_uvloop
async def test_an_answer_that_fails_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError("no frame")

    monkeypatch.setattr(external_replies, "deliver", fail)
    replies = ExternalReplies(AllowedTargets("127.0.0.1"))
    with failures_of(external_replies) as failures:
        replies.answer("http://127.0.0.1:9/?token=secret", b"x")
        await eventually(lambda: replies.sending == 0)
        assert failures == ["Answering http://127.0.0.1:9/ failed: ZeroDivisionError('no frame')"]
    await replies.close()
