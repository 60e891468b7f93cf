"""The nodes as executors: what tasks each takes, shown and changed while the lab runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.topology.validation import changed_executor

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
FOREIGN = {"name": "root", "cpu": 4, "children": [{"name": "alien", "launch": False}]}


async def changed(lab: Bench, name: str, **changes: Any) -> dict[str, Any]:
    """Change an executor, as the orchestrator allows; returns the answer."""
    asked = asyncio.ensure_future(lab.http.patch(f"/executors/{name}", json=changes))
    request = await lab.orchestrator.asked()
    assert request == {"kind": "set_executor", "id": request["id"], "name": name, "changes": changes}
    topology = lab.balancer.lab.topology
    now = topology.executors | {name: changed_executor(topology.node(name).executor, changes)}
    lab.orchestrator.say(kind="executors", executors={each: now[each].to_json() for each in now})
    lab.orchestrator.say(kind="done", id=request["id"])
    answer: dict[str, Any] = (await asked).raise_for_status().json()
    return answer


async def test_our_nodes_are_executors_and_foreign_ones_are_none() -> None:
    async with bench(FOREIGN | {"roles": ["gpu"], "weight": 2}, run_nodes=False) as lab:
        root = {
            "name": "root",
            "role": "root",
            "roles": ["gpu"],
            "cpu": 4,
            "weight": 2.0,
            "limit": None,
            "active": True,
            "status": "down",
            "load": 0,
            "assigned": 0,
            "running": 0,
            "tasks": [],
        }
        assert await lab.get("/executors") == {"executors": [root]}
        lab.balancer.lab.set_state("root", "up", 1, 0, None)
        assert await lab.get("/executors/root") == root | {"status": "active"}
        assert (await lab.http.get("/executors/alien")).json()["detail"] == "alien is run by somebody else"
        assert (await lab.http.get("/executors/nobody")).status_code == 404


async def test_an_executor_tells_what_it_runs() -> None:
    async with bench(tree(1), task_time=3600.0) as lab:
        tasks = (await lab.post("/tasks", {"node": "root0", "count": 3}))["tasks"]
        await eventually(lambda: lab.balancer.lab.status["root0"].running == 2)
        await eventually(lambda: lab.task_counts().running == 2)
        found = await lab.get("/executors/root0")
        assert (found["load"], found["assigned"], found["running"]) == (3, 1, 2)
        assert found["tasks"] == tasks[:2]
        both = (await lab.get("/executors"))["executors"]
        assert [each["tasks"] for each in both] == [[], tasks[:2]]


async def test_what_is_changed_is_told_to_nodes_and_to_everybody_who_watches() -> None:
    async with bench(tree(1)) as lab, lab.connect("/stream") as page:
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)
        await eventually(lambda: lab.balancer.node_connections.nodes() == {"root", "root0"})
        first = await told(page)
        answer = await changed(lab, "root0", roles=["gpu", "io"], active=False)
        assert answer["not_yet"] == []
        assert answer["executor"]["roles"] == ["gpu", "io"]
        assert answer["executor"]["status"] == "inactive"
        assert answer["executor"] == await lab.get("/executors/root0")
        frame = await told(page)
        while frame["type"] != "snapshot":
            frame = await told(page)
        assert frame["version"] == first["version"]
        text = "root0 is inactive: it gets nothing new, and finishes what it has; has the roles gpu, io"
        assert frame["events"][-1]["text"] == f"{text} from now on"
        answer = await changed(lab, "root0", active=True, limit=3)
        assert (answer["executor"]["status"], answer["executor"]["limit"]) == ("active", 3)
        assert (await changed(lab, "root0", limit=None))["executor"]["limit"] is None


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({}, "expected at least one of roles, weight, limit, active"),
        ({"rolls": ["gpu"]}, 'rolls: unknown; did you mean "roles"?'),
        ({"roles": "gpu"}, "valid list"),
        ({"roles": ["a,b"]}, '"a,b" has a comma'),
        ({"roles": ["a", "a"]}, '"a" is listed twice'),
        ({"roles": ["x"] * 17}, "at most 16 items"),
        ({"weight": 0}, "greater than or equal to 0.001"),
        ({"weight": None}, "valid number"),
        ({"limit": 0}, "greater than or equal to 1"),
        ({"limit": 1.5}, "valid integer"),
        ({"active": "no"}, "valid boolean"),
        ({"active": None}, "valid boolean"),
        ([], "valid dictionary"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(order: Any, reason: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        before = await lab.get("/executors")
        refused = await lab.http.patch("/executors/root0", content=json.dumps(order), headers=JSON)
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        assert reason in refused.json()["detail"]
        assert await lab.get("/executors") == before


async def test_somebody_elses_program_is_not_changed_and_other_sites_change_nothing() -> None:
    async with bench(FOREIGN, run_nodes=False) as lab:
        assert (await lab.http.patch("/executors/alien", json={"active": False})).status_code == 409
        assert (await lab.http.patch("/executors/nobody", json={"active": False})).status_code == 404
        evil = {"origin": "http://evil.example"}
        refused = await lab.http.patch("/executors/root", json={"active": False}, headers=evil)
        assert refused.status_code == 403


async def test_an_inactive_node_gets_no_tasks_in_any_form() -> None:
    async with bench(tree(1)) as lab:
        for name in ("root", "root0"):
            lab.balancer.lab.set_state(name, "up", 1, 0, None)
        await changed(lab, "root0", active=False)
        text = "root0 is inactive: it gets no new tasks"
        for answer in (
            await lab.http.post("/tasks", json={"node": "root0"}),
            await lab.http.post("/tasks", json={"script": "pi", "node": "root0"}),
        ):
            assert (answer.status_code, answer.json()["detail"]) == (409, text)
        await changed(lab, "root", active=False)
        (task,) = (await lab.post("/tasks", {"script": "pi"}))["tasks"]
        assert task["node"] is None
