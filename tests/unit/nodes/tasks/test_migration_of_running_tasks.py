"""Moves of tasks that run: they are interrupted once at the most, and begin anew wherever they come to."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import client, running_lab, tree
from tests.unit.nodes.tasks.giver import Giver, giver, scripted
from tests.unit.tasks.disk import read_only
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.tasks.migration import Moved
from topowave.tasks import LabTask, reader_at
from topowave.tasks import limits as task_limits
from topowave.wire import limits


def told(own: Giver, number: int) -> list[str]:
    """What happened to a task of the giver's, and how often it was begun."""
    reader = reader_at(own.path)
    try:
        task = reader.task(own.id(number))
    finally:
        reader.close()
    assert task is not None
    assert task["attempts"] == [event["what"] for event in task["history"]].count("running")
    return [event["what"] for event in task["history"]]


@on_uvloop
async def test_after_those_that_wait_the_task_that_began_last_moves(
    tmp_path: Path,
) -> None:
    async with scripted("taken") as other, giver(tmp_path, 3, runs=60) as own:
        assert await own.migration.move(other.target(), 2, keep=1) == Moved("moved", 2, 2)
        assert (other.counts, own.queue.counts().running, own.task_counts().moving) == ([2], 1, 2)
        assert told(own, 3) == ["assigned", "moving to other"]
        assert told(own, 2) == ["assigned", "running", "moving to other: interrupted while it ran"]
        await own.tasks.add(1)
        await eventually(lambda: own.task_counts().running == 2)


@on_uvloop
async def test_a_task_that_nobody_takes_begins_anew_here_and_is_not_interrupted_again(tmp_path: Path) -> None:
    async with scripted("ended") as other, giver(tmp_path, 1, runs=60) as own:
        assert await own.migration.move(other.target(), 1, keep=0) == Moved("refused")
        await eventually(lambda: own.task_counts().running == 1)
        assert await own.migration.move(other.target(), 1, keep=0) == Moved("nothing_left")
        own.end_all()
        await eventually(lambda: own.task_counts().completed == 1)
        assert told(own, 1)[-3:] == ["assigned again", "running", "completed"]


@on_uvloop
async def test_a_task_that_cannot_be_entered_as_moving_goes_on_and_ends_once(tmp_path: Path) -> None:
    async with scripted("taken") as other, giver(tmp_path, 2, runs=60) as own:
        await eventually(lambda: own.task_counts().running == 2)
        with read_only(own.tasks.journal):
            moving = asyncio.ensure_future(own.migration.move(other.target(), 1, keep=0))
            await asyncio.sleep(0)  # the move has begun, and nothing was written yet
            assert own.queue.is_held(LabTask(own.id(2)))
            own.end_all()
            assert own.queue.counts().completed == 1
            assert await moving == Moved("refused")
            assert own.queue.counts().completed == 2
        await eventually(lambda: own.task_counts().completed == 2)
        assert told(own, 1) == told(own, 2) == ["assigned", "running", "completed"]
        assert other.asked == []


@on_uvloop
async def test_of_a_tasks_end_and_its_move_the_first_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_limits, "PROMISE_TIMEOUT", 60.0)
    monkeypatch.setattr(limits, "MOVE_TIMEOUT", 30.0)
    async with scripted("taken") as other, giver(tmp_path, 3, runs=60) as own:
        await eventually(lambda: own.task_counts().running == 2)
        with closing(sqlite3.connect(own.path, isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            own.tasks.executor.finish(LabTask(own.id(1)))  # before it is asked for
            moving = asyncio.ensure_future(own.migration.move(other.target(), 2, keep=0))
            await eventually(lambda: own.queue.is_held(LabTask(own.id(3))))
            own.end_all()
            another.execute("ROLLBACK")
        assert await moving == Moved("moved", 2, 2)
        assert (own.task_counts().completed, own.task_counts().moving, own.queue.load) == (1, 2, 0)
        assert told(own, 1) == ["assigned", "running", "completed"]
        for number in (2, 3):
            assert told(own, number) == ["assigned", "running", "moving to other: interrupted while it ran"]


@on_uvloop
async def test_a_giver_that_ends_after_its_offer_begins_the_interrupted_task_anew(tmp_path: Path) -> None:
    async with scripted(None) as other:
        async with giver(tmp_path, 1, runs=60) as own:
            moving = asyncio.create_task(own.migration.move(other.target(), 1, keep=0))
            await eventually(lambda: bool(other.asked))
            await own.migration.close()
            await asyncio.gather(moving, return_exceptions=True)
            assert own.task_counts().moving == 1
        async with giver(tmp_path, count=0, incarnation=2, runs=60) as again:
            await eventually(lambda: again.task_counts().running == 1)
            assert await again.migration.move(other.target(), 1, keep=0) == Moved("nothing_left")


@on_uvloop
async def test_a_foreign_program_gets_tasks_that_run_and_what_it_refuses_begins_anew(tmp_path: Path) -> None:
    async with scripted(200, 500) as other, giver(tmp_path, 2, runs=60) as own:
        assert await own.migration.move(other.target(foreign=True), 2, keep=0) == Moved("refused", 1, 1)
        await eventually(lambda: own.task_counts().running == 1)
        assert (own.task_counts().completed, own.queue.load) == (1, 1)
        assert told(own, 2)[-2:] == [
            "moving to other: interrupted while it ran",
            "handed to other, which is somebody else's program",
        ]


@on_uvloop
async def test_a_node_gives_what_it_is_asked_for_also_where_nothing_waits() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=2"))
        to = f"/rebalance?target={lab.port('root0')}"
        assert (await http.post(lab.url("root", f"{to}&keep=2"))).json()["code"] == "nothing_left"
        assert (await http.post(lab.url("root", to))).json() == {"status": "ok", "moved": 1}
        await eventually(lambda: lab.task_counts().running == 2)
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == (1, 1)
        back = await http.post(lab.url("root0", f"/rebalance?target={lab.port('root')}"))
        assert back.json() == {
            "status": "error",
            "code": "nothing_left",
            "message": "there is no task here that may move",
            "moved": 0,
        }
