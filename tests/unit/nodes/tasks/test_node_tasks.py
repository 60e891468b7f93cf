"""A node's tasks over its lives: what it had is there again, and ids never come again."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.waiting import eventually
from tests.unit.tasks.disk import read_only
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.tasks import node_tasks as module
from topowave.nodes.tasks.node_tasks import NodeTasks
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import Attributes, JournalError, NewTask, QueueFull, begin_run, journal_at, limits
from topowave.topology import LabConfig


@asynccontextmanager
async def life(
    path: Path, incarnation: int, cpu: int = 2, recover: bool = True, discipline: str = "priority"
) -> AsyncGenerator[NodeTasks]:
    """One life of a node, from its start until it stops."""
    async with journal_at(path) as journal:
        scripts = ScriptRunner(LabConfig(), 1)
        tasks = NodeTasks("a", cpu, incarnation, journal, 60, lambda: None, scripts, discipline=discipline)
        if recover:
            tasks.recover()
            await tasks.ready()
        yield tasks
        tasks.executor.stop()


def rows(path: Path) -> dict[str, tuple[str, int]]:
    db = sqlite3.connect(path)
    found = db.execute("SELECT id, status, attempts FROM task ORDER BY number").fetchall()
    db.close()
    return {task: (state, attempts) for task, state, attempts in found}


@on_uvloop
async def test_a_node_that_comes_back_has_its_queue_in_order_and_runs_again_what_ran(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as first:
        ids = await first.add(5)
        await eventually(lambda: [state for state, _ in rows(run.path).values()].count("running") == 2)
    async with life(run.path, 2) as second:
        assert second.queue.ids() == ids
        await eventually(lambda: [attempts for _, attempts in rows(run.path).values()] == [2, 2, 0, 0, 0])
        assert second.queue.counts().submitted == 5
    run.end()


@on_uvloop
@pytest.mark.parametrize(
    ("discipline", "order"), [("fcfs", "01234"), ("priority", "20143"), ("edf", "41023"), ("sjf", "31204")]
)
async def test_a_node_that_comes_back_has_what_waits_in_the_order_of_its_discipline(
    tmp_path: Path, discipline: str, order: str
) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    at = time.time()
    said = [
        Attributes(deadline=at + 3000),
        Attributes(deadline=at + 2000, duration=2.0),
        Attributes(priority="critical", duration=4.0),
        Attributes(priority="low", duration=1.0),
        Attributes(deadline=at + 1000),
    ]
    async with life(run.path, 1, discipline=discipline) as first:
        (running,) = await first.add_tasks([NewTask(Attributes(priority="critical", weight=2))])
        ids = [task for each in said for task in await first.add_tasks([NewTask(each)])]
        in_order = [ids[int(number)] for number in order]
        await eventually(lambda: rows(run.path)[running][0] == "running")
        assert first.queue.ids() == [running, *in_order]
        first.configure(60, "sjf")
        assert first.queue.ids() == [running, *(ids[at] for at in (3, 1, 2, 0, 4))]
        first.configure(1.5, "sjf")
        assert first.queue.ids() == [running, *(ids[at] for at in (3, 0, 4, 1, 2))]
        first.configure(60, discipline)
        assert first.queue.ids() == [running, *in_order]
    async with life(run.path, 2, recover=False, discipline=discipline) as second:
        second.recover()
        await second.ready()
        assert [task for task in second.queue.ids() if task != running] == in_order
        await second.set_priority(ids[3], "low")  # it is that already, and stays where it is
        assert [task for task in second.queue.ids() if task != running] == in_order
    run.end()


@on_uvloop
async def test_ids_differ_over_the_lives_of_a_node_and_over_runs_that_take_up_its_tasks(
    tmp_path: Path,
) -> None:
    seen: list[str] = []
    for resume in (False, True, True):
        run = begin_run(tmp_path, ["a"], resume=resume)
        for incarnation in (1, 2):
            async with life(run.path, incarnation) as tasks:
                seen += await tasks.add(3)
        run.end()
    assert len(set(seen)) == len(seen) == 18
    assert set(rows(run.path)) == set(seen)
    assert seen[0] == "a.1-1.1"
    assert seen[-1] == "a.3-2.3"


@on_uvloop
async def test_adding_more_than_there_is_room_for_adds_nothing(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as tasks:
        tasks.queue.capacity = 5
        with pytest.raises(QueueFull):
            await tasks.add(6)
        assert (tasks.queue.load, rows(run.path)) == (0, {})
        added = await asyncio.gather(*(tasks.add(3) for _ in range(3)), return_exceptions=True)
        assert [isinstance(each, QueueFull) for each in added] == [False, True, True]
        await tasks.add(2)
        assert tasks.queue.load == 5
    run.end()


@on_uvloop
async def test_a_wave_adds_a_task_without_waiting_and_passes_over_a_full_queue(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as tasks:
        tasks.queue.capacity = 1
        tasks.add_one_soon()
        tasks.add_one_soon()
        await eventually(lambda: tasks.queue.load == 1)
        assert len(rows(run.path)) == 1
    run.end()


@on_uvloop
async def test_a_node_that_starts_while_the_journal_fails_lives_takes_no_tasks_and_finds_its_own_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROMISE_TIMEOUT", 0.1)
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as first:
        ids = await first.add(3)
    async with life(run.path, 2, recover=False) as second:
        with read_only(second.journal):
            second.recover()
            assert second.queue.load == 0
            with pytest.raises(JournalError, match="read-only"):
                await second.add(1)
            with pytest.raises(JournalError, match="read-only"):
                await second.cancel(ids[0])
            second.add_one_soon()
        await eventually(lambda: second.queue.ids() == ids)
        await second.add(1)
        assert second.queue.load == 4
    run.end()


@on_uvloop
async def test_a_task_that_cannot_be_cancelled_since_the_journal_fails_goes_on(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as tasks:
        ids = await tasks.add(3)
        await eventually(lambda: rows(run.path)[ids[0]][0] == "running")
        with read_only(tasks.journal):
            for task in (ids[0], ids[2]):
                with pytest.raises(JournalError, match="read-only"):
                    await tasks.cancel(task)
        assert [state for state, _ in rows(run.path).values()] == ["running", "running", "assigned"]
        assert tasks.queue.ids() == ids
        assert [await tasks.cancel(task) for task in (ids[2], ids[0], ids[0])] == [
            "assigned",
            "running",
            None,
        ]
        assert [state for state, _ in rows(run.path).values()] == ["cancelled", "running", "cancelled"]
        assert tasks.queue.counts().cancelled == 2
    run.end()


@on_uvloop
async def test_a_refusal_in_the_middle_says_how_many_were_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROMISE_TIMEOUT", 0.05)
    monkeypatch.setattr(limits, "COMMIT_ROWS", 2)
    monkeypatch.setattr(module, "COMMIT_ROWS", 2)
    monkeypatch.setattr(limits, "COMMIT_SHARE", 0.0001)  # so that there is a pause after the first part
    run = begin_run(tmp_path, ["a"], resume=False)
    async with life(run.path, 1) as tasks:
        adding = asyncio.ensure_future(tasks.add(6))
        await eventually(lambda: len(rows(run.path)) == 2)
        with (
            read_only(tasks.journal),
            pytest.raises(JournalError, match="; 2 of 6 tasks were added before") as caught,
        ):
            await adding
        assert caught.value.is_partly
        assert len(rows(run.path)) == 2
        assert tasks.queue.counts().submitted == 2
        await tasks.add(1)
        assert tasks.queue.load == 3
    run.end()


@on_uvloop
async def test_many_nodes_of_a_process_start_with_few_transactions(tmp_path: Path) -> None:
    run = begin_run(tmp_path, ["a"], resume=False)
    async with journal_at(run.path) as journal:
        scripts = ScriptRunner(LabConfig(), 1)
        nodes = [
            NodeTasks(f"n{number}", 1, number, journal, 60, lambda: None, scripts) for number in range(300)
        ]
        for tasks in nodes:
            tasks.recover()
        began = journal.commits
        await asyncio.gather(*(tasks.ready() for tasks in nodes))
        assert journal.commits - began <= 2
    run.end()
