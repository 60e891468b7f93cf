import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Collection, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import limits
from topowave.tasks import TaskCounts
from topowave.tasks.store.sqlite_reader import SqliteReader
from topowave.topology.flat_form import to_rows

NONE = TaskCounts(0, 0, 0, 0, 0, 0, 0, 0)
pytestmark = pytest.mark.anyio


@pytest.mark.slow
async def test_the_law_follows_the_tasks_and_an_idle_lab_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(1), task_time=0.01) as lab:
        await lab.post("/tasks", {"node": "root", "count": 20})

        def all_done() -> bool:
            law = lab.balancer.journal.last
            return law is not None and law.conserved and law.completed == 20

        await eventually(all_done)
        assert 'topowave_tasks{status="completed"} 20.0' in (await lab.http.get("/metrics")).text
        await asyncio.sleep(3 * limits.COUNTS_INTERVAL)  # the last reading that found no change

        def nobody(_: object) -> None:
            raise AssertionError("an idle lab is read")

        monkeypatch.setattr("topowave.tasks.store.sql_reader.quick_counts", nobody)
        await asyncio.sleep(2 * limits.COUNTS_INTERVAL)  # what must not happen has its time
        assert not lab.balancer.failed.done()


async def test_tasks_of_nodes_that_have_left_go_to_others_with_the_reason() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        ids = (await lab.post("/tasks", {"node": "root0", "count": 3}))["tasks"]
        await lab.stop("root0")
        alone: dict[str, object] = {"name": "root", "port": lab.topology.root.port, "cpu": 2}
        lab.orchestrator.say(kind="topology", topology=[alone], version=2)
        lab.orchestrator.say(kind="node", name="root", state="up", pid=1)
        await eventually(lambda: lab.balancer.lab.status["root"].load == 3)
        moved = await lab.get(f"/tasks/{ids[0]}")
        assert moved["node"] == "root"
        assert any(each["what"] == "pending: its node has left" for each in moved["history"])
        assert (lab.balancer.journal.last or NONE).cancelled == 0


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Let nobody else write a journal meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        yield
        another.execute("COMMIT")


async def test_tasks_of_a_node_that_is_back_before_they_could_be_taken_from_it_stay_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("topowave.tasks.store.sqlite_reader.READ_TIMEOUT", PATIENCE_S)
    spared = watch_forgetting(monkeypatch)
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 3})
        both = to_rows(lab.topology)
        await eventually(lambda: spared == [{"root", "root0"}])
        with locked(lab.journal):
            lab.orchestrator.say(kind="topology", topology=both[:1], version=2)
            await eventually(lambda: lab.balancer.lab.version == 2)
            lab.orchestrator.say(kind="topology", topology=both, version=3)
            await eventually(lambda: lab.balancer.lab.version == 3)
        await eventually(lambda: spared[1:] == [{"root", "root0"}] * 2)
        assert (await lab.get("/status"))["tasks"]["cancelled"] == 0


async def replaced(lab: Bench, rows: list[dict[str, Any]], version: int) -> None:
    """Play the orchestrator that carries a replacement out."""
    request = await lab.orchestrator.asked()
    lab.orchestrator.say(kind="topology", topology=rows, version=version)
    lab.orchestrator.say(kind="done", id=request["id"])


def alone(lab: Bench) -> dict[str, object]:
    return {"topology": {"name": "root", "port": lab.topology.root.port, "cpu": 2}}


async def test_tasks_of_a_node_that_is_to_come_back_stay_and_those_of_one_that_is_gone_are_told() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 3})
        await lab.stop("root0")
        rows = to_rows(lab.topology)
        both = {"topology": lab.topology.to_json()}
        first = asyncio.ensure_future(lab.post("/topology", alone(lab)))
        request = await lab.orchestrator.asked()
        second = asyncio.ensure_future(lab.post("/topology", both))
        await eventually(lambda: lab.balancer.control.asked == 2)
        lab.orchestrator.say(kind="topology", topology=rows[:1], version=2)
        lab.orchestrator.say(kind="done", id=request["id"])
        assert (await first)["tasks_handed_over"] is None  # open: the second is asked for
        await replaced(lab, rows, 3)
        assert await second == {"status": "ok", "version": 3, "nodes": 2, "tasks_handed_over": 0}
        third = asyncio.ensure_future(lab.post("/topology", alone(lab)))
        await replaced(lab, rows[:1], 4)
        assert (await third)["tasks_handed_over"] == 3
        assert (await lab.get("/status"))["tasks"]["pending"] == 3


async def test_a_second_network_that_is_refused_leaves_no_tasks_to_nobody() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 3})
        await lab.stop("root0")
        first = asyncio.ensure_future(lab.post("/topology", alone(lab)))
        request = await lab.orchestrator.asked()
        second = asyncio.ensure_future(lab.http.post("/topology", json={"shape": "ring", "nodes": 3}))
        await eventually(lambda: lab.balancer.control.asked == 2)
        lab.orchestrator.say(kind="topology", topology=to_rows(lab.topology)[:1], version=2)
        lab.orchestrator.say(kind="done", id=request["id"])
        refused = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="refused", id=refused["id"], problems=["port 1: taken"])
        assert (await second).status_code == 409
        await first
        await eventually(lambda: (lab.balancer.journal.last or NONE).pending == 3)


async def test_a_network_that_is_asked_for_while_tasks_wait_to_be_taken_spares_its_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("topowave.tasks.store.sqlite_reader.READ_TIMEOUT", PATIENCE_S)
    spared = watch_forgetting(monkeypatch)
    async with bench(tree(1), run_nodes=False) as lab:
        await eventually(lambda: len(spared) == 1)
        with locked(lab.journal):
            lab.orchestrator.say(kind="topology", topology=to_rows(lab.topology)[:1], version=2)
            await eventually(lambda: lab.balancer.lab.version == 2)
            both = {"topology": lab.topology.to_json()}
            posted = asyncio.ensure_future(lab.post("/topology", both))
            request = await lab.orchestrator.asked()  # it waits for no forgetting
        await eventually(lambda: spared[1:] == [{"root", "root0"}])
        lab.orchestrator.say(kind="topology", topology=to_rows(lab.topology), version=3)
        lab.orchestrator.say(kind="done", id=request["id"])
        assert (await posted)["tasks_handed_over"] == 0
        await eventually(lambda: set(map(frozenset, spared[1:])) == {frozenset({"root", "root0"})})


async def test_only_so_many_networks_are_asked_for_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.balancer.control.REPLACEMENTS", 1)
    async with bench(tree(1), run_nodes=False) as lab:
        first = asyncio.ensure_future(lab.post("/topology", alone(lab)))
        request = await lab.orchestrator.asked()
        refused = await lab.http.post("/topology", json={"shape": "ring", "nodes": 3})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        lab.orchestrator.say(kind="done", id=request["id"])
        await first


async def test_tasks_that_cannot_be_taken_from_nodes_that_left_yet_are_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("topowave.tasks.store.sqlite_reader.READ_TIMEOUT", 0.01)
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 3})
        await lab.stop("root0")
        with locked(lab.journal):
            lab.orchestrator.say(kind="topology", topology=to_rows(lab.topology)[:1], version=2)
            told = "Tasks of nodes that have left cannot go to others yet"
            await eventually(lambda: any(told in event.text for event in lab.balancer.feed.between(0, 99)))
        await eventually(lambda: (lab.balancer.journal.last or NONE).pending == 3)
        assert sum(told in event.text for event in lab.balancer.feed.between(0, 99)) == 1


def watch_forgetting(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return a list of the nodes that are spared, to which each forgetting that comes to pass adds."""
    found: list[set[str]] = []
    real = SqliteReader.forget_nodes

    def watched(reader: SqliteReader, names: Callable[[], Collection[str]]) -> int:
        spared: list[set[str]] = []

        def noted() -> Collection[str]:
            spared.append(set(names()))
            return spared[-1]

        gone = real(reader, noted)
        found.extend(spared)
        return gone

    monkeypatch.setattr(SqliteReader, "forget_nodes", watched)
    return found


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


@pytest.mark.slow
@pytest.mark.parametrize("away", ["the folder", "its log"])
async def test_a_journal_that_is_not_the_labs_own_any_more_is_told_and_takes_no_tasks(
    away: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("topowave.balancer.state.journal_monitor.JOURNAL_INTERVAL", 0.1)
    monkeypatch.setattr("topowave.tasks.store.journal_file.LOOK_INTERVAL", 0)
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root", "count": 3})
        await eventually(lambda: (lab.balancer.journal.last or NONE).submitted == 3)
        if away == "the folder":
            shutil.rmtree(lab.journal.parent)
        else:
            lab.journal.with_name("journal.db-wal").unlink()
        lost = "the journal's files were deleted, replaced or overwritten while the lab ran"
        # An idle lab notices too.
        told = [f"Tasks are not counted: {lost}"]
        await eventually(lambda: [e.text for e in lab.balancer.feed.between(0, 99) if lost in e.text] == told)
        assert (await lab.get("/status"))["tasks"] is None
        refused = await lab.http.post("/tasks", json={"node": "root"})
        assert (refused.status_code, refused.json()["detail"]) == (503, f"root: {lost}")
        assert "retry-after" not in refused.headers  # nor will it ever be another one
        refused = await lab.http.post("/rebalance")
        assert (refused.status_code, refused.json()["detail"]) == (503, lost)
        assert (await lab.get("/status"))["tasks"] is None
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"tasks are not counted: {lost}"
    ]
