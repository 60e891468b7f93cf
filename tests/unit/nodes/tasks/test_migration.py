"""Moves over real HTTP: with a receiver or a giver that dies, hangs, refuses, lies, at any step."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import client, listener, running_lab, tree
from tests.unit.nodes.tasks.giver import PATIENT_S, Answer, Scripted, give_up_soon, giver, scripted
from tests.unit.tasks.disk import read_only
from tests.unit.wire.loop import failures_of, on_uvloop
from tests.unit.wire.peers import raw
from topowave.nodes.tasks import migration
from topowave.nodes.tasks.migration import Moved, Target
from topowave.tasks import Attributes, JournalError, NewTask, QueueFull
from topowave.wire import limits
from topowave.wire.addresses import Address


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(limits, "MOVE_TIMEOUT", PATIENT_S)


@on_uvloop
async def test_a_move_asks_one_question_and_carries_the_tasks_queued_last(tmp_path: Path) -> None:
    async with scripted("taken") as other, giver(tmp_path) as own:
        assert await own.migration.move(other.target(), 2) == Moved("moved", 2, 2)
        assert other.asked == [f"PUT /moves/{own.tasks.incarnation_id}.1"]
        assert (other.counts, own.queue.load) == ([2], 3)
        assert await own.migration.move(other.target(), 100) == Moved("moved", 3, 3)
        assert await own.migration.move(other.target(), 1) == Moved("nothing_left")


@on_uvloop
async def test_a_move_carries_no_more_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "MOVE_TASKS", 2)
    async with scripted("taken") as other, giver(tmp_path) as own:
        assert await own.migration.move(other.target(), 5) == Moved("moved", 2, 2)
        assert own.queue.load == 3


@pytest.mark.parametrize(
    "said", [409, 422, 403, 404, 500, 503, 302, "nonsense", "whatever", "ended", "die", None]
)
@on_uvloop
async def test_whatever_a_receiver_says_or_not_the_tasks_are_here_if_it_has_not_taken_them(
    said: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said is None:
        give_up_soon(monkeypatch)
    async with scripted(said) as other, giver(tmp_path) as own:
        assert await own.migration.move(other.target(), 2) == Moved("refused")
        assert (own.queue.load, own.task_counts().assigned, own.task_counts().moving) == (5, 5, 0)


@pytest.mark.parametrize("said", [409, 500, "nonsense", "ended", "die", None])
@on_uvloop
async def test_whatever_a_receiver_says_or_not_the_tasks_are_there_if_it_has_taken_them(
    said: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if said is None:
        give_up_soon(monkeypatch)
    async with giver(tmp_path) as own:

        def take(path: str) -> Answer:
            move = path.rsplit("/", 1)[1]
            db = sqlite3.connect(tmp_path / "journal.db", timeout=5)
            with db:
                db.execute(
                    "UPDATE task SET status = 'assigned', node = 'other', move = NULL WHERE move = ?",
                    (move,),
                )
            db.close()
            return said

        async with scripted("taken") as other:
            other.say = take
            assert await own.migration.move(other.target(), 2) == Moved("moved", 2, 2)
            assert (own.queue.load, own.task_counts().assigned) == (3, 5)
            assert own.queue.counts().moving == 0


@on_uvloop
async def test_where_nobody_listens_the_tasks_stay_here(tmp_path: Path) -> None:
    held = listener()
    nobody = Target("other", Address(*held.getsockname()), foreign=False)
    async with giver(tmp_path) as own:
        assert await own.migration.move(nobody, 2) == Moved("refused")
        assert own.queue.load == 5
    held.close()


@on_uvloop
async def test_a_journal_that_cannot_be_written_refuses_the_move_before_anybody_is_asked(
    tmp_path: Path,
) -> None:
    async with scripted("taken") as other, giver(tmp_path) as own:
        with read_only(own.tasks.journal):
            assert await own.migration.move(other.target(), 2) == Moved("refused")
        assert (own.queue.load, other.asked) == (5, [])


@pytest.mark.slow
@on_uvloop
async def test_a_journal_that_fails_in_the_middle_makes_the_move_pending_until_it_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOVE_TIMEOUT", 1.0)
    async with scripted("ended") as other, giver(tmp_path) as own:
        with ExitStack() as failing:

            def fail(_: str) -> Answer:
                failing.enter_context(read_only(own.tasks.journal))
                return "ended"

            other.say = fail
            assert await own.migration.move(other.target(), 2) == Moved("pending", 2, 2)
            assert (own.queue.load, own.queue.counts().moving, own.task_counts().moving) == (3, 2, 2)
        await eventually(lambda: own.queue.load == 5)
        assert own.task_counts().moving == 0


@on_uvloop
async def test_only_so_many_moves_are_open_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOVES_OPEN", 2)
    give_up_soon(monkeypatch)
    async with scripted(None) as other, giver(tmp_path) as own:
        found = await asyncio.gather(*(own.migration.move(other.target(), 1) for _ in range(4)))
        assert found == [Moved("refused")] * 4
        assert (len(other.asked), own.queue.load) == (2, 5)


@on_uvloop
async def test_what_a_giver_that_ends_in_the_middle_had_offered_its_next_life_takes_back(
    tmp_path: Path,
) -> None:
    async with scripted(None) as other:
        async with giver(tmp_path) as own:
            moving = asyncio.create_task(own.migration.move(other.target(), 2))
            await eventually(lambda: bool(other.asked))
            await own.migration.close()
            with pytest.raises(asyncio.CancelledError):
                await moving
            assert own.task_counts().moving == 2
        async with giver(tmp_path, count=0, incarnation=2) as again:
            assert (again.queue.load, again.task_counts().moving) == (5, 0)
            assert sorted(again.queue.ids()) == [f"a.0-1.{number}" for number in range(1, 6)]


@on_uvloop
async def test_tasks_go_to_a_foreign_program_one_by_one_and_only_when_it_says_yes(tmp_path: Path) -> None:
    async with scripted(200, 200, 500) as other, giver(tmp_path) as own:
        assert await own.migration.move(other.target(foreign=True), 4) == Moved("refused", 2, 2)
        assert (own.queue.load, own.queue.counts().completed, own.task_counts().completed) == (3, 2, 2)
        assert other.asked == ["POST /add_task"] * 3
    async with scripted("die") as other, giver(tmp_path, count=0) as own:
        assert await own.migration.move(other.target(foreign=True), 4) == Moved("refused")
        assert (own.queue.load, own.task_counts().assigned) == (3, 3)
    async with scripted(200) as other, giver(tmp_path, count=0) as own:
        assert await own.migration.move(other.target(foreign=True), 9) == Moved("moved", 3, 3)
        assert await own.migration.move(other.target(foreign=True), 9) == Moved("nothing_left")


@pytest.mark.parametrize("status", [405, 404, 501])
@on_uvloop
async def test_a_foreign_program_that_knows_only_get_is_asked_so(tmp_path: Path, status: int) -> None:
    async with scripted(status, 200) as other, giver(tmp_path) as own:
        assert await own.migration.move(other.target(foreign=True), 2) == Moved("moved", 2, 2)
        assert other.asked == ["POST /add_task", "GET /add_task", "GET /add_task"]
        assert (own.queue.load, own.task_counts().completed) == (3, 2)
    async with scripted(status) as other, giver(tmp_path, count=0) as own:
        assert await own.migration.move(other.target(foreign=True), 2) == Moved("refused")
        assert (other.asked, own.queue.load) == (["POST /add_task", "GET /add_task"], 3)


@on_uvloop
async def test_a_foreign_program_that_is_slow_gets_no_more_than_the_time_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first question has all the time; how many more there are is a matter of the move's.
    give_up_soon(monkeypatch, PATIENT_S)
    monkeypatch.setattr(limits, "MOVE_TIMEOUT", 0.15)

    class Slow(Scripted):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0.1)  # slow is what it is
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    node = Slow(lambda _: 200)
    async with raw(node.talk) as port, giver(tmp_path, 50) as own:
        node.port = port
        outcome, moved, _ = await own.migration.move(node.target(foreign=True), 50)
        assert outcome == "moved"
        assert 0 < moved < 10
        assert own.queue.load == 50 - moved


@on_uvloop
async def test_a_move_that_fails_is_heard_also_where_nobody_waits_for_it_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = asyncio.Event()

    async def fail(*_: object) -> None:
        await given_up.wait()
        raise ZeroDivisionError("no journal")

    monkeypatch.setattr(limits, "MOVE_TIMEOUT", 0.01)
    async with scripted("taken") as other, giver(tmp_path) as own:
        monkeypatch.setattr(own.tasks.journal, "commit", fail)
        with failures_of(migration) as failures:
            assert await own.migration.move(other.target(), 2) == Moved("pending", 2, 2)
            given_up.set()
            await eventually(lambda: len(failures) == 1)
        move = f"Move {own.tasks.incarnation_id}.1 to other"
        assert failures == [f"{move} failed: ZeroDivisionError('no journal')"]


# The receiver.


@on_uvloop
async def test_a_receiver_keeps_room_only_for_what_comes(tmp_path: Path) -> None:
    async with giver(tmp_path) as own:
        own.queue.capacity = 10
        with pytest.raises(QueueFull, match="room for 5 more tasks, not for 6"):
            await own.migration.receive("b.1-1.1", 6)
        assert not await own.migration.receive("b.1-1.1", 5)
        with read_only(own.tasks.journal), pytest.raises(JournalError):
            await own.migration.receive("b.1-1.1", 5)
        await own.tasks.add(5)  # so no room was kept
        assert own.queue.load == 10


# Two real nodes, one of which may die.


@on_uvloop
async def test_tasks_move_between_real_nodes_and_run_there() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        answer = await http.post(lab.url("root", f"/rebalance?target={lab.port('root0')}&count=5"))
        assert answer.json() == {"status": "ok", "moved": 5}
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == (5, 5)
        counts = lab.node("root0").queue.counts()
        assert (counts.running, counts.assigned, counts.submitted) == (2, 3, 0)


@pytest.mark.parametrize("taken", [True, False])
@on_uvloop
async def test_when_the_receiver_dies_in_the_middle_no_task_is_lost_or_doubled(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        real = httpx.AsyncClient.put
        reached = asyncio.Event()

        async def put(self: httpx.AsyncClient, url: Any, **more: Any) -> httpx.Response:
            if taken:
                await real(self, url, **more)
            reached.set()
            raise httpx.ReadError("the connection is gone")

        monkeypatch.setattr(httpx.AsyncClient, "put", put)
        path = f"/rebalance?target={lab.port('root0')}&count=5"
        moving = asyncio.create_task(http.post(lab.url("root", path)))
        await reached.wait()
        await lab.stop("root0")
        assert (await moving).json()["status"] == ("ok" if taken else "error")
        await lab.start("root0")
        expected = (5, 5) if taken else (10, 0)
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == expected
        assert (lab.task_counts().unfinished, lab.task_counts().moving, lab.task_counts().conserved) == (
            10,
            0,
            True,
        )


@pytest.mark.parametrize("asked_before", [True, False])
@on_uvloop
async def test_when_the_giver_dies_after_its_offer_the_tasks_are_with_whoever_came_first(
    asked_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        real = httpx.AsyncClient.put
        asking = asyncio.Event()
        url = ""

        async def put(self: httpx.AsyncClient, to: Any, **_: Any) -> httpx.Response:
            nonlocal url
            url = to
            asking.set()
            return await asyncio.Event().wait()  # type: ignore[return-value]

        monkeypatch.setattr(httpx.AsyncClient, "put", put)
        path = f"/rebalance?target={lab.port('root0')}&count=5"
        moving = asyncio.create_task(http.post(lab.url("root", path)))
        await asking.wait()
        if asked_before:
            assert (await real(http, url, json={"count": 5})).json() == {"answer": "taken"}
        await lab.stop("root")
        await lab.start("root")
        if not asked_before:
            assert (await real(http, url, json={"count": 5})).json() == {"answer": "ended"}
        expected = (5, 5) if asked_before else (10, 0)
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == expected
        assert lab.task_counts().conserved
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)


@on_uvloop
async def test_a_receiver_gets_only_what_it_may_run_and_nothing_while_it_is_inactive(tmp_path: Path) -> None:
    async with scripted("taken") as other, giver(tmp_path, count=0) as own:
        said = Attributes(), Attributes(weight=2), Attributes(weight=4), Attributes(roles=("gpu",))
        ids = await own.tasks.add_tasks([NewTask(each) for each in said])
        to = replace(other.target(), cpu=2, roles=frozenset({"leaf"}))
        assert await own.migration.move(replace(to, active=False), 9) == Moved("refused")
        assert await own.migration.move(to, 9) == Moved("moved", 2, 3)
        assert (own.queue.ids(), own.queue.load) == (ids[2:], 5)
        assert await own.migration.move(to, 9) == Moved("nothing_left")
        assert await own.migration.move(replace(to, roles=frozenset({"gpu"})), 9) == Moved("moved", 1, 1)


@on_uvloop
async def test_a_program_that_is_not_ours_gets_only_tasks_of_one_core_and_no_role(tmp_path: Path) -> None:
    async with scripted(200) as other, giver(tmp_path, count=0) as own:
        said = Attributes(weight=2), Attributes(title="A pie"), Attributes(roles=("leaf",))
        ids = await own.tasks.add_tasks([NewTask(each) for each in said])
        to = replace(other.target(foreign=True), roles=frozenset({"leaf"}))
        assert await own.migration.move(to, 9) == Moved("moved", 1, 1)
        assert own.queue.ids() == [ids[0], ids[2]]
