"""The routes of figures: what they say of a lab, what narrows them, and what they refuse."""

from __future__ import annotations

import asyncio
import os
from typing import Any, NoReturn

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import bench
from topowave.balancer.figures import figures as module
from topowave.balancer.limits import FIGURES_FILTERS, FIGURES_POINTS
from topowave.web.problem_details import Problem

pytestmark = pytest.mark.anyio

PAIR: dict[str, Any] = {
    "name": "a",
    "cpu": 2,
    "children": [{"name": "b", "role": "store", "roles": ["gpu"], "active": False}],
}


async def test_figures_say_what_the_lab_and_its_journal_have() -> None:
    async with bench(PAIR, task_time=600.0) as lab:
        lab.orchestrator.say(kind="node", name="a", state="up", pid=os.getpid(), restarts=0)
        lab.orchestrator.say(kind="node", name="b", state="up", pid=os.getpid(), restarts=0)
        orders = [{"node": "a", "priority": "high", "category": "blue", "count": 3}, {"node": "a"}]
        await lab.post("/tasks", orders)
        await eventually(lambda: lab.balancer.lab.status["a"].running == 2)
        async with asyncio.timeout(PATIENCE_S):
            found = await lab.get("/figures")
            while found["requests"]["by_status"]["running"] < 2:  # a reading of some moments ago
                found = await lab.get("/figures")
        requests = found["requests"]
        assert requests["by_status"]["running"] == 2
        assert requests["by_status"]["assigned"] == 2
        assert sum(requests["by_priority"]["high"].values()) == 3
        assert sum(requests["by_category"]["blue"].values()) == 3
        assert requests["moment"] == (await lab.get("/tasks"))["moment"]
        assert (requests["submitted"], requests["lawful"]) == (4, True)
        executors = found["executors"]
        assert (executors["all"], executors["active"], executors["inactive"]) == (2, 1, 1)
        assert executors["by_role"]["gpu"] == {"all": 1, "active": 0}
        assert found["system"]["journal"]["state"] == "readable"
        narrow = await lab.get("/figures?role=gpu&priority=medium")
        assert narrow["executors"]["all"] == 1
        assert sum(narrow["requests"]["by_status"].values()) == 0
        await eventually(lambda: lab.balancer.figures.record.cells)
        series = await lab.get("/figures/series?by=priority")
        assert {"load", "in", "efficiency", "in.high"} <= set(series["series"])
        assert all(len(values) == len(series["time"]) for values in series["series"].values())
        nodes = await lab.get("/figures/nodes?measure=load_per_core&node=a")
        assert (nodes["nodes"], nodes["unit"], len(nodes["values"][0])) == (["a"], "1", len(nodes["time"]))
        wide = await lab.get("/figures/series?since=0&until=1e11&points=600")
        assert (wide["step_s"], wide["since"]) == (1, series["since"])  # as fine as it is kept
        newer = await lab.get(f"/figures/series?after={series['cursor'] + 10_000}")
        assert newer["time"] == []


async def test_whoever_would_wait_too_long_for_figures_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(PAIR, run_nodes=False) as lab:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def grouped(_: object) -> NoReturn:
            begun.set()
            await go_on.wait()
            raise Problem(503, "No journal", "it is away")

        monkeypatch.setattr(lab.balancer.journal, "grouped", grouped)
        monkeypatch.setattr(module, "FIGURES_WAIT", 0.01)
        async with asyncio.timeout(PATIENCE_S):
            await begun.wait()  # the sample of this second reads the journal
        answer = await lab.http.get("/figures?priority=high")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "0.01 s" in answer.json()["detail"]
        metrics = (await lab.http.get("/metrics")).text
        assert "topowave_nodes{" in metrics
        assert "topowave_priority_tasks{" not in metrics
        go_on.set()
        monkeypatch.setattr(module, "FIGURES_WAIT", PATIENCE_S)
        assert (await lab.get("/figures"))["requests"] is None


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (f"/figures/series?points={FIGURES_POINTS + 1}", "points"),
        ("/figures?" + "&".join(["node=a"] * (FIGURES_FILTERS + 1)), "node"),
        ("/figures?priority=urgent", "priority"),
        ("/figures/series?since=5&until=5", "until"),
        ("/figures/nodes?measure=heat", "measure"),
        ("/figures?colour=red", "colour"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_sentence(path: str, named: str) -> None:
    async with bench(PAIR, run_nodes=False) as lab:
        answer = await lab.http.get(path)
        assert answer.status_code == 422
        assert named in answer.text
