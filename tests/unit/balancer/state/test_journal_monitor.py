import asyncio
import sqlite3

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import limits

pytestmark = pytest.mark.anyio


async def test_the_law_follows_the_tasks_and_an_idle_lab_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(1), task_time=0.01) as lab:
        await lab.post("/tasks", {"node": "root", "count": 20})

        def all_done() -> bool:
            law = lab.balancer.journal.last
            return law is not None and law.conserved and law.done == 20

        await eventually(all_done)
        assert 'topowave_tasks{state="done"} 20.0' in (await lab.http.get("/metrics")).text
        await asyncio.sleep(3 * limits.COUNTS_INTERVAL)  # the last reading that found no change

        def nobody(_: object) -> None:
            raise AssertionError("an idle lab is read")

        monkeypatch.setattr("topowave.tasks.store.sqlite_reader.read_counts", nobody)
        await asyncio.sleep(2 * limits.COUNTS_INTERVAL)  # what must not happen has its time
        assert not lab.balancer.failed.done()


async def test_tasks_of_nodes_that_are_gone_are_cancelled_with_the_reason() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        ids = (await lab.post("/tasks", {"node": "root0", "count": 3}))["tasks"]
        await lab.stop("root0")
        alone: dict[str, object] = {"name": "root", "port": lab.topology.root.port, "cpu": 2}
        lab.orchestrator.say(kind="topology", topology=[alone], version=2)
        await eventually(
            lambda: lab.balancer.journal.last is not None and lab.balancer.journal.last.cancelled == 3
        )
        gone = await lab.get(f"/tasks/{ids[0]}")
        assert gone["state"] == "cancelled"
        assert "no longer in the topology" in gone["history"][-1]["what"]


async def test_a_journal_that_is_damaged_is_told_once_and_nothing_else_stops() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        await eventually(lambda: lab.balancer.journal.last is not None)
        db = sqlite3.connect(lab.journal)
        db.execute("DROP TABLE tally")
        db.close()
        lab.balancer.journal.changed()
        await eventually(lambda: lab.balancer.journal.last is None)
        assert (await lab.get("/status"))["tasks"] is None
        assert (await lab.http.get("/tasks")).status_code == 200
        told = [event.text for event in lab.balancer.feed.between(0, 99)]
        assert sum("Tasks are not counted" in text for text in told) == 1
        assert (await lab.get("/health"))["status"] == "ok"
