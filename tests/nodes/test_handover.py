"""The handover over real HTTP: with a receiver or a giver that dies, hangs, refuses, at any step."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from nodes.handover import Mover, Target
from tasks import Handover, Task, TaskQueue
from tests.nodes.lab import client, listener, running_lab, tree
from tests.wire.loop import eventually, on_uvloop
from tests.wire.peers import raw
from wire import limits

Answer = str | int | None
"""What a scripted node says: an answer, a status, or nothing for ever."""
Script = Callable[[str], Answer]


@pytest.fixture(autouse=True)
def _short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(limits, "MOVE_TIMEOUT", 0.15)
    monkeypatch.setattr(limits, "RECONNECT_MOST", 0.05)


class Scripted:
    """Another node, of which only the answers to a handover's messages are there."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[str] = []
        self.tasks: list[str] = []
        self.port = 0

    def target(self, *, foreign: bool = False) -> Target:
        return Target("other", "127.0.0.1", self.port, foreign)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            method, path, _ = head.split("\r\n")[0].split()
            length = next((line for line in head.lower().split("\r\n") if "content-length" in line), ":0")
            body = await reader.readexactly(int(length.split(":")[1]))
            if body:
                self.tasks = json.loads(body)["tasks"]
            step = method if path.count("/") == 2 else path.rsplit("/", 1)[1]
            self.asked.append(step)
            said = self.script(step)
            if said is None:
                await asyncio.Event().wait()
            if said == "die":
                return
            status, text = (said, "") if isinstance(said, int) else (200, json.dumps({"answer": said}))
            if said == "nonsense":
                text = "<html>"
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
            await writer.drain()


@asynccontextmanager
async def scripted(script: Script) -> AsyncGenerator[Scripted]:
    node = Scripted(script)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await node.talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async with raw(talk) as port:
        node.port = port
        yield node


@asynccontextmanager
async def giver(count: int = 5) -> AsyncGenerator[tuple[Mover, TaskQueue]]:
    queue = TaskQueue(cpu=1)
    queue.submit(Task(f"a.1.{number}") for number in range(count))
    mover = Mover("a", queue, "a.1", lambda: None)
    try:
        yield mover, queue
    finally:
        assert queue.counts().lawful
        await mover.close()


def polite(step: str) -> Answer:
    return {"PUT": "held", "commit": "accepted", "release": "accepted", "DELETE": "dropped"}[step]


def once(step: str, first: Answer, then: Script = polite) -> Script:
    """Return a script that answers the first time as told."""
    seen: list[str] = []

    def script(asked: str) -> Answer:
        if asked == step and step not in seen:
            seen.append(step)
            return first
        return then(asked)

    return script


@on_uvloop
async def test_a_handover_goes_in_three_steps_and_moves_the_tasks_queued_last() -> None:
    async with scripted(polite) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("moved", 2)
        assert other.asked == ["PUT", "commit", "release"]
        assert other.tasks == ["a.1.3", "a.1.4"]
        assert (queue.load, queue.counts().given) == (3, 2)
        assert await mover.move(other.target(), 100) == ("moved", 3)
        assert await mover.move(other.target(), 1) == ("nothing_left", 0)


@pytest.mark.parametrize("status", [409, 422, 403, 404])
@on_uvloop
async def test_a_receiver_that_refuses_leaves_the_tasks_here(status: int) -> None:
    async with scripted(once("PUT", status)) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("refused", 2)
        assert (other.asked, queue.load) == (["PUT"], 5)


@pytest.mark.parametrize("indefinite", [503, 500, 302, "nonsense", "whatever", "die", None])
@on_uvloop
async def test_an_offer_whose_answer_is_indefinite_is_cancelled(indefinite: Answer) -> None:
    async with scripted(once("PUT", indefinite)) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("refused", 2)
        assert other.asked == ["PUT", "DELETE"]
        assert queue.load == 5


@pytest.mark.parametrize("indefinite", [503, "nonsense", "die", None])
@on_uvloop
async def test_a_commit_whose_answer_is_indefinite_is_repeated(indefinite: Answer) -> None:
    async with scripted(once("commit", indefinite)) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("moved", 2)
        assert other.asked == ["PUT", "commit", "commit", "release"]
        assert queue.load == 3


@pytest.mark.parametrize("indefinite", [503, "die", None])
@on_uvloop
async def test_a_release_is_not_waited_for(indefinite: Answer) -> None:
    async with scripted(once("release", indefinite)) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("moved", 2)
        assert mover.standing("a.1.1") == "ended"
        assert queue.load == 3


@on_uvloop
async def test_a_receiver_whose_new_life_knows_nothing_leaves_the_tasks_here() -> None:
    # It holds them, dies without a word, and comes back without a memory.
    forgetful = once("commit", "die", lambda step: "unknown" if step == "commit" else polite(step))
    async with scripted(forgetful) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("refused", 2)
        assert other.asked == ["PUT", "commit", "commit"]
        assert queue.load == 5


@on_uvloop
async def test_where_nobody_listens_the_tasks_stay_here() -> None:
    held = listener()
    nobody = Target("other", "127.0.0.1", held.getsockname()[1], foreign=False)
    async with giver() as (mover, queue):
        assert await mover.move(nobody, 2) == ("refused", 2)
        assert queue.load == 5
    held.close()


@on_uvloop
async def test_a_connection_that_fails_on_this_side_says_nothing_of_the_receiver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scripted(polite) as other, giver() as (mover, queue):
        real = httpx.AsyncClient.request
        failures: list[str] = []

        async def request(self: httpx.AsyncClient, method: str, url: str, **more: Any) -> httpx.Response:
            if url.endswith("/commit") and len(failures) < 2:
                failures.append(url)
                if len(failures) == 2:
                    await real(self, method, url, **more)  # it is heard, but not its answer
                raise httpx.ConnectError("no descriptor") from OSError(errno.EMFILE, "Too many open files")
            return await real(self, method, url, **more)

        monkeypatch.setattr(httpx.AsyncClient, "request", request)
        assert await mover.move(other.target(), 2) == ("moved", 2)
        assert len(failures) == 2
        assert queue.load == 3


@on_uvloop
async def test_a_receiver_that_hangs_makes_the_move_pending_until_it_answers() -> None:
    hanging = True

    def script(step: str) -> Answer:
        return None if hanging and step == "commit" else polite(step)

    async with scripted(script) as other, giver() as (mover, queue):
        assert await mover.move(other.target(), 2) == ("pending", 2)
        assert (queue.load, queue.counts().giving) == (3, 2)
        assert mover.standing("a.1.1") == "giving"
        hanging = False
        await eventually(lambda: queue.counts().given == 2)
        assert mover.standing("a.1.1") == "ended"


@on_uvloop
async def test_only_so_many_handovers_are_open_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOVES_OPEN", 2)
    async with scripted(lambda _: None) as other, giver() as (mover, queue):
        found = await asyncio.gather(*(mover.move(other.target(), 1) for _ in range(4)))
        assert sorted(found) == [("pending", 0)] * 2 + [("pending", 1)] * 2
        assert queue.load == 3


@on_uvloop
async def test_a_giver_that_closes_in_the_middle_leaves_nothing_running() -> None:
    async with scripted(lambda _: None) as other, giver() as (mover, queue):
        moving = asyncio.create_task(mover.move(other.target(), 1))
        await eventually(lambda: bool(other.asked))
        await mover.close()
        with pytest.raises(asyncio.CancelledError):
            await moving
        assert queue.counts().giving == 1


def test_a_giver_of_another_life_knows_nothing_of_a_handover() -> None:
    mover = Mover("a", TaskQueue(1), "a.1", lambda: None)
    assert mover.standing("a.0.1") == "unknown"
    assert mover.standing("a.12.1") == "unknown"
    assert mover.standing("a.1.77") == "ended"


@on_uvloop
async def test_tasks_go_to_a_foreign_program_one_by_one_and_only_when_it_says_yes() -> None:
    answers = iter([200, 200, 500])
    async with scripted(lambda _: next(answers)) as other, giver() as (mover, queue):
        assert await mover.move(other.target(foreign=True), 4) == ("moved", 2)
        assert (queue.load, queue.counts().given) == (3, 2)
    async with scripted(lambda _: "die") as other, giver() as (mover, queue):
        assert await mover.move(other.target(foreign=True), 4) == ("refused", 0)
        assert queue.load == 5
    async with scripted(lambda _: 200) as other, giver(0) as (mover, _):
        assert await mover.move(other.target(foreign=True), 4) == ("nothing_left", 0)


@on_uvloop
async def test_a_foreign_program_that_is_slow_gets_no_more_than_the_time_allows() -> None:
    class Slow(Scripted):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0.1)  # slow is what it is
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    node = Slow(polite)
    async with raw(node.talk) as port, giver(50) as (mover, queue):
        node.port = port
        outcome, moved = await mover.move(node.target(foreign=True), 50)
        assert outcome == "moved"
        assert 0 < moved < 10
        assert queue.load == 50 - moved


# The receiver.


@on_uvloop
async def test_a_receiver_asks_a_silent_giver_and_keeps_the_tasks_only_when_its_memory_is_gone() -> None:
    said = "giving"
    async with scripted(lambda _: said) as other:
        queue = TaskQueue(cpu=1)
        mover = Mover("b", queue, "b.1", lambda: None)
        for number in range(2):
            mover.hold(handover(number), other.target())
        await eventually(lambda: len(other.asked) >= 4)
        assert (queue.counts().arriving, queue.load) == (4, 0)
        said = "unknown"
        await eventually(lambda: queue.load == 4)
        assert queue.counts().received == 4
        asked = len(other.asked)
        assert mover.own("other.1.0") == "accepted"
        await mover.close()
        assert len(other.asked) == asked


def handover(number: int = 0) -> Handover:
    return Handover(f"other.1.{number}", "other", (Task(f"x{number}"), Task(f"y{number}")))


@pytest.mark.parametrize(("promised", "kept"), [(True, 2), (False, 0)])
@on_uvloop
async def test_what_the_giver_has_ended_is_kept_if_it_was_promised_and_else_dropped(
    promised: bool, kept: int
) -> None:
    async with scripted(lambda _: "ended") as other:
        queue = TaskQueue(cpu=1)
        mover = Mover("b", queue, "b.1", lambda: None)
        mover.hold(handover(), other.target())
        if promised:
            assert mover.accept("other.1.0") == "accepted"
        await eventually(lambda: queue.counts().arriving == 0)
        assert queue.load == kept
        await mover.close()


@on_uvloop
async def test_a_giver_that_nobody_answers_for_is_dead_and_one_that_hangs_is_not() -> None:
    held = listener()
    queue = TaskQueue(cpu=1)
    mover = Mover("b", queue, "b.1", lambda: None)
    mover.hold(handover(), Target("other", "127.0.0.1", held.getsockname()[1], foreign=False))
    await eventually(lambda: queue.load == 2)
    await mover.close()
    held.close()
    async with scripted(lambda _: None) as other:
        queue = TaskQueue(cpu=1)
        mover = Mover("b", queue, "b.1", lambda: None)
        mover.hold(handover(), other.target())
        await eventually(lambda: len(other.asked) == 2)
        assert (queue.load, queue.counts().arriving) == (0, 2)
        await mover.close()


@on_uvloop
async def test_a_promise_outlives_a_cancellation_and_is_asked_for() -> None:
    said = "giving"
    async with scripted(lambda _: said) as other:
        queue = TaskQueue(cpu=1)
        mover = Mover("b", queue, "b.1", lambda: None)
        mover.hold(handover(), other.target())
        mover.accept("other.1.0")
        assert mover.drop("other.1.0") == "accepted"
        said = "unknown"
        await eventually(lambda: queue.load == 2)
        await mover.close()


# Two real nodes, one of which may die.


@on_uvloop
async def test_tasks_move_between_real_nodes_and_run_there() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        answer = await http.post(lab.url("root", f"/rebalance?target={lab.port('root0')}&count=5"))
        assert answer.json() == {"status": "ok", "moved": 5}
        await eventually(lambda: lab.node("root0").queue.load == 5)
        assert lab.node("root").queue.load == 5
        counts = lab.node("root0").queue.counts()
        assert (counts.running, counts.queued, counts.received) == (2, 3, 5)


@pytest.mark.parametrize("step", ["held", "accepted"])
@on_uvloop
async def test_when_the_receiver_dies_in_the_middle_no_task_is_lost_or_doubled(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        receiver = lab.node("root0").queue
        real = httpx.AsyncClient.request
        reached = asyncio.Event()

        async def request(self: httpx.AsyncClient, method: str, url: Any, **more: Any) -> httpx.Response:
            if self is not http and str(url).endswith("/commit") and not reached.is_set():
                if step == "accepted":
                    await real(self, method, url, **more)
                reached.set()
                raise httpx.ReadError("the connection is gone")
            return await real(self, method, url, **more)

        monkeypatch.setattr(httpx.AsyncClient, "request", request)
        path = f"/rebalance?target={lab.port('root0')}&count=5"
        moving = asyncio.create_task(http.post(lab.url("root", path)))
        await reached.wait()
        assert (receiver.counts().arriving, receiver.load) == (5, 0)
        await lab.stop("root0")
        await lab.start("root0")
        outcome = (await moving).json()
        giver = lab.node("root").queue
        await eventually(lambda: giver.counts().giving == 0)
        assert giver.load + lab.node("root0").queue.load == 10
        assert outcome["status"] == "error"
        assert giver.counts().lawful


@on_uvloop
async def test_when_the_giver_dies_after_its_offer_the_receiver_keeps_the_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        receiver = lab.node("root0").queue
        real = httpx.AsyncClient.request
        committing = asyncio.Event()

        async def request(self: httpx.AsyncClient, method: str, url: Any, **more: Any) -> httpx.Response:
            if str(url).endswith("/commit"):
                committing.set()
                await asyncio.Event().wait()
            return await real(self, method, url, **more)

        monkeypatch.setattr(httpx.AsyncClient, "request", request)
        path = f"/rebalance?target={lab.port('root0')}&count=5"
        moving = asyncio.create_task(http.post(lab.url("root", path)))
        await committing.wait()
        # While the giver lives, it is asked, and the tasks are not taken.
        assert receiver.counts().arriving == 5
        await lab.stop("root")
        await lab.start("root")
        await eventually(lambda: receiver.load == 5)
        assert lab.node("root").queue.load == 0
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)
