"""Script tasks of a node run in real worker processes, and what becomes of them is in the journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.tasks.conftest import Clock
from tests.unit.wire.loop import on_uvloop
from topowave.nodes.tasks import scripts as module
from topowave.nodes.tasks.node_tasks import NodeTasks
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.tasks import Attributes, NewTask, Script, begin_run, journal_at, reader_at
from topowave.tasks.script import Priority
from topowave.topology import LabConfig

SCRIPT = """
import os, pathlib, time

class Job:
    def run(self, params):
        if "wait" in params:
            pathlib.Path(params["wait"]).write_text(str(os.getpid()))
            time.sleep(600)
        if "raise" in params:
            raise ValueError(params["raise"])
        print("worked")
        return params["value"] * params.get("times", 1)

def module():
    return Job()
"""


class Lab:
    """A node's tasks in a folder with one script."""

    def __init__(self, folder: Path, tasks: NodeTasks) -> None:
        self.folder = folder
        self.tasks = tasks

    def job(self, **params: object) -> Script:
        return Script(str(self.folder / "job.py"), json.dumps(params))

    async def add(self, *scripts: Script) -> list[str]:
        return await self.tasks.add_tasks([NewTask(script=each) for each in scripts])

    def task(self, name: str) -> dict[str, Any]:
        reader = reader_at(self.folder / "journal.db")
        try:
            found = reader.task(name)
        finally:
            reader.close()
        assert found is not None
        return found

    def states(self, ids: list[str]) -> list[str]:
        return [self.task(name)["status"] for name in ids]


@asynccontextmanager
async def life(folder: Path, incarnation: int = 1, **settings: Any) -> AsyncGenerator[Lab]:
    """One life of a node of one core."""
    (folder / "job.py").write_text(SCRIPT, "utf-8")
    scripts = ScriptRunner(LabConfig(script_dirs=[str(folder)], **settings), 1)
    async with journal_at(folder / "journal.db") as journal:
        tasks = NodeTasks("a", 1, incarnation, journal, 60, lambda: None, scripts)
        tasks.recover()
        await tasks.ready()
        yield Lab(folder, tasks)
        tasks.executor.stop()
        await scripts.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin_run(tmp_path, ["a"], resume=False).close()
    return tmp_path


@on_uvloop
async def test_what_scripts_return_and_why_others_fail_is_in_the_journal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESULT_BYTES", 100)
    async with life(folder, script_timeout=30) as lab:
        ids = await lab.add(
            lab.job(value=21, times=2),
            lab.job(**{"raise": "no more"}),
            lab.job(value="x", times=101),
            Script(str(folder / "job.py"), json.dumps({"wait": str(folder / "began")}), timeout=0.2),
            Script(str(folder.parent / "elsewhere.py")),
            Script(str(folder / "job.py"), '{"value": 1}', "io"),
        )
        over = ["completed", "failed", "failed", "failed", "failed", "completed"]
        await eventually(lambda: lab.states(ids) == over)
        found = [lab.task(name) for name in ids]
        assert [each["reason"] for each in found] == [
            None,
            "raised",
            "too_large",
            "timeout",
            "no_script",
            None,
        ]
        assert (found[0]["result"], found[0]["output"]) == (42, "worked\n")
        assert "no more" in found[1]["error"]
        assert "script_dirs of config.json" in found[4]["error"]
        assert found[5]["result"] == 1
        counts = lab.tasks.queue.counts()
        assert (counts.completed, counts.failed, lab.tasks.queue.load) == (2, 4, 0)


@on_uvloop
async def test_a_script_that_is_cancelled_ends_and_the_next_one_runs(folder: Path) -> None:
    async with life(folder) as lab:
        ids = await lab.add(lab.job(wait=str(folder / "began")), lab.job(value=1))
        await eventually((folder / "began").exists)
        assert await lab.tasks.cancel(ids[0]) == "running"
        await eventually(lambda: lab.states(ids) == ["cancelled", "completed"])


@on_uvloop
async def test_what_runs_when_its_node_stops_is_run_again_in_its_next_life(folder: Path) -> None:
    async with life(folder) as lab:
        (name,) = await lab.add(lab.job(wait=str(folder / "began")))
        await eventually((folder / "began").exists)
    (folder / "began").unlink()
    async with life(folder, 2) as lab:
        assert lab.tasks.queue.ids() == [name]
        await eventually((folder / "began").exists)
        assert (lab.task(name)["attempts"], lab.task(name)["status"]) == (2, "running")


@on_uvloop
async def test_a_node_that_runs_no_script_has_no_workers(folder: Path) -> None:
    async with life(folder) as lab:
        await lab.tasks.add(1)
        await eventually(lambda: lab.tasks.queue.counts().running == 1)
        assert not asyncio.all_tasks() - {asyncio.current_task()}


@on_uvloop
async def test_urgent_scripts_run_first_also_where_the_node_has_come_back(folder: Path) -> None:
    async with life(folder, script_timeout=30) as lab:
        began = folder / "began"
        (first,) = await lab.add(lab.job(wait=str(began)))
        await eventually(began.exists)
        urgency: list[Priority] = ["low", "medium", "critical", "high"]
        jobs = [NewTask(Attributes(priority=each), lab.job(value=1)) for each in urgency]
        low, medium, critical, high = await lab.tasks.add_tasks(jobs)
        assert lab.tasks.queue.ids() == [first, critical, high, medium, low]
    async with life(folder, 2, script_timeout=30) as lab:
        assert lab.tasks.queue.ids() == [critical, high, first, medium, low]
        await eventually(lambda: lab.states([critical, high, first]) == ["completed", "completed", "running"])
        assert lab.states([medium, low]) == ["assigned", "assigned"]


@on_uvloop
async def test_a_script_without_a_result_is_pending_for_its_next_attempt_and_failed_without_one(
    folder: Path,
) -> None:
    async with life(folder, script_timeout=30) as lab:
        raises = lab.job(**{"raise": "no more"})
        again, once = await lab.tasks.add_tasks(
            [NewTask(Attributes(max_attempts=2, backoff=3.0), raises), NewTask(script=raises)]
        )
        await eventually(lambda: lab.states([again, once]) == ["pending", "failed"])
        found = lab.task(again)
        assert (found["node"], found["attempts"], "no more" in found["error"]) == (None, 1, True)
        assert found["not_before"] - found["started_at"] > 2
        assert found["history"][-1]["what"].startswith("pending: raised; to be tried again after")
        counts = lab.tasks.queue.counts()
        assert (counts.failed, lab.tasks.queue.load, lab.tasks.queue.ids()) == (1, 0, [])


@on_uvloop
async def test_a_running_script_is_cut_at_its_deadline_and_not_tried_again(
    folder: Path, clock: Clock
) -> None:
    async with life(folder, script_timeout=60) as lab:
        late, short = Attributes(deadline=clock.in_an_hour(), max_attempts=3), lab.job(value=1)
        began = folder / "began"
        ids = await lab.tasks.add_tasks([NewTask(late, lab.job(wait=str(began))), NewTask(script=short)])
        await eventually(began.exists)
        clock.let_an_hour_pass()
        await eventually(lambda: lab.states(ids) == ["failed", "completed"])
        found = lab.task(ids[0])
        assert (found["reason"], found["error"]) == ("deadline", "its deadline passed before it was over")


@on_uvloop
async def test_a_task_becomes_urgent_while_it_waits_and_only_then(folder: Path) -> None:
    async with life(folder, script_timeout=30) as lab:
        running, low, other = await lab.add(lab.job(wait=str(folder / "began")), lab.job(), lab.job())
        await eventually((folder / "began").exists)
        assert await lab.tasks.set_priority(other, "critical")
        assert lab.tasks.queue.ids() == [running, other, low]
        assert not await lab.tasks.set_priority(running, "critical")
        assert not await lab.tasks.set_priority("nobody", "critical")
        assert lab.task(other)["priority"] == "critical"
        assert lab.task(other)["history"][-1]["what"] == "priority critical"
        assert await lab.tasks.cancel(running) == "running"  # it is held no more
