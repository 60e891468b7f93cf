"""Orders of tasks: who gets what, what waits for a node, and what is refused at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Response

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from topowave.balancer import limits
from topowave.tasks.errors import JournalDoubtError, JournalError
from topowave.tasks.store.sqlite_reader import SqliteReader
from topowave.topology.executor import ExecutorSettings

pytestmark = pytest.mark.anyio

TREE = {
    "name": "root",
    "cpu": 2,
    "children": [
        {"name": "gpu", "cpu": 4, "roles": ["gpu"]},
        {"name": "alien", "launch": False},
    ],
}

REFUSED: list[tuple[Any, int, str]] = [
    ([{}, {"roles": ["tpu", "web"]}], 422, "body.1: no node of this topology has the role tpu or web"),
    (
        {"weight": 5},
        422,
        "a weight of 5 is more than the 4 cores of the largest node of this topology",
    ),
    (
        {"weight": 3, "roles": ["root"]},
        422,
        "a weight of 3 is more than the 2 cores of the largest node that has such a role",
    ),
    ({"node": "root", "weight": 3}, 409, "root has 2 cores, and the task wants 3"),
    ({"node": "root", "roles": ["gpu"]}, 409, "root has none of the roles gpu; it has root"),
    ([{"node": "alien", "weight": 2}], 409, "body.0: alien is somebody else's program"),
    ({"node": "nobody", "title": "x"}, 404, "there is no node 'nobody'"),
    ({"deadline": 0}, 422, "greater than 0"),
    ({"deadline": -1}, 422, "greater than 0"),
    ({"priority": "urgent"}, 422, "'critical', 'high', 'medium' or 'low'"),
    ({"weight": 65}, 422, "less than or equal to 64"),
    ({"max_attempts": 11}, 422, "less than or equal to 10"),
    ({"backoff": 301}, 422, "less than or equal to 300"),
    ({"roles": ["r"] * 17}, 422, "at most 16 items"),
    ({"request": "x" * 101}, 422, "at most 100 characters"),
    ({"params": {}}, 422, "params"),
    ({"nod": "root"}, 422, "nod"),
    ([], 422, "at least 1 item"),
    ([{}] * 1001, 422, "at most 1000 items"),
    ([{"count": 1000}, {}], 422, "1,001 tasks; one request may add 1,000"),
]


def up(lab: Bench, *names: str) -> None:
    for name in names:
        lab.balancer.lab.set_state(name, "up", 1, 0, None)


def executors(lab: Bench, **settings: ExecutorSettings) -> None:
    """Let the orchestrator say what tasks the nodes take."""
    now = lab.balancer.lab.topology.executors | settings
    lab.orchestrator.say(kind="executors", executors={name: now[name].to_json() for name in now})


async def one(lab: Bench, id: str) -> dict[str, Any]:
    found: dict[str, Any] = await lab.get(f"/tasks/{id}")
    return found


async def over(lab: Bench, id: str) -> dict[str, Any]:
    found: dict[str, Any] = await lab.get(f"/tasks/{id}?wait=60")
    return found


async def test_a_task_without_a_node_goes_where_one_of_its_roles_is_and_all_that_is_said_of_it_is_kept() -> (
    None
):
    async with bench(TREE, task_time=0.01) as lab:
        up(lab, "root", "gpu")
        about = {
            "title": "A film",
            "category": "video",
            "priority": "high",
            "weight": 3,
            "roles": ["gpu", "tpu"],
        }
        answer = await lab.post("/tasks", about | {"count": 2, "request": "tonight"})
        assert (answer["count"], answer["request"]) == (2, "tonight")
        assert [each["node"] for each in answer["tasks"]] == ["gpu", "gpu"]
        task = await over(lab, answer["tasks"][1]["id"])
        assert (task["status"], task["kind"], task["request"]) == ("completed", "emulated", "tonight")
        assert {name: task[name] for name in about} == about


async def test_one_request_has_one_id_whatever_it_orders() -> None:
    async with bench(TREE, task_time=3600.0) as lab:
        up(lab, "root", "gpu")
        first = await lab.post("/tasks", [{}, {"node": "gpu"}, {"roles": ["root"]}])
        assert [each["node"] for each in first["tasks"]][1:] == ["gpu", "root"]
        tasks = [await one(lab, each["id"]) for each in first["tasks"]]
        assert {task["request"] for task in tasks} == {first["request"]}
        second = await lab.post("/tasks", {"title": "another"})
        assert second["request"] != first["request"]
        key = {"Idempotency-Key": "tonight-1"}
        told = [(await lab.http.post("/tasks", json=[{}, {}], headers=key)).json() for _ in range(2)]
        assert told[0] == told[1]


async def test_what_no_node_takes_is_pending_until_one_does() -> None:
    async with bench(TREE, task_time=0.01) as lab:
        up(lab, "root", "gpu")
        executors(lab, gpu=ExecutorSettings(("gpu",), active=False))
        await eventually(lambda: not lab.balancer.lab.topology.node("gpu").executor.active)
        answer = await lab.post("/tasks", {"roles": ["gpu"], "count": 3})
        assert [each["node"] for each in answer["tasks"]] == [None] * 3
        ids = [each["id"] for each in answer["tasks"]]
        assert ids == ["lab.1", "lab.2", "lab.3"]
        task = await one(lab, ids[0])
        assert (task["status"], task["node"]) == ("pending", None)
        assert (await lab.get("/status"))["tasks"]["pending"] == 3
        cancelled = (await lab.http.delete(f"/tasks/{ids[2]}")).raise_for_status().json()
        assert cancelled == {"status": "ok", "task": ids[2], "node": None, "was": "pending"}
        urgent = (
            (await lab.http.patch(f"/tasks/{ids[1]}", json={"priority": "critical"}))
            .raise_for_status()
            .json()
        )
        assert urgent == {
            "status": "ok",
            "task": ids[1],
            "node": None,
            "priority": "critical",
            "was": "medium",
        }
        executors(lab, gpu=ExecutorSettings(("gpu",)))
        ends = [await over(lab, each) for each in ids]
        assert [task["status"] for task in ends] == ["completed", "completed", "cancelled"]
        assert [task["node"] for task in ends] == ["gpu", "gpu", None]
        assert ends[1]["priority"] == "critical"
        assert (await lab.get("/status"))["tasks"]["lawful"]


async def test_a_node_that_comes_up_takes_what_has_waited_for_it() -> None:
    async with bench(TREE, task_time=0.01) as lab:
        answer = await lab.post("/tasks", {"count": 2})
        assert [each["node"] for each in answer["tasks"]] == [None, None]
        lab.orchestrator.say(kind="node", name="root", state="up")
        assert {(await over(lab, each["id"]))["status"] for each in answer["tasks"]} == {"completed"}


async def test_a_node_with_a_limit_takes_what_waits_as_its_tasks_end() -> None:
    async with bench({"name": "root", "cpu": 2, "limit": 2}, task_time=0.02) as lab:
        up(lab, "root")
        answer = await lab.post("/tasks", {"count": 7})
        assert [each["node"] for each in answer["tasks"]] == ["root"] * 2 + [None] * 5
        for each in answer["tasks"]:
            assert (await over(lab, each["id"]))["status"] == "completed"


async def test_a_pending_task_fails_after_its_deadline_and_can_be_put_back() -> None:
    async with bench(TREE, task_time=0.01) as lab:
        began = time.time()
        answer = await lab.post("/tasks", {"deadline": 0.2})
        late = answer["tasks"][0]["id"]
        task = await over(lab, late)
        assert (task["status"], task["reason"], task["node"]) == ("failed", "deadline", None)
        assert task["deadline"] >= began + 0.2
        refused = await lab.http.patch(f"/tasks/{late}", json={"priority": "low"})
        assert (refused.status_code, refused.json()["detail"]) == (409, f"{late} is failed")
        assert (await lab.post(f"/tasks/{late}/retry")) == {"status": "ok", "task": late}
        refused = await lab.http.post(f"/tasks/{late}/retry")
        assert refused.status_code == 409
        assert f"{late} is pending; only a task that has failed is put back" in refused.json()["detail"]
        up(lab, "root")
        lab.balancer.dispatcher.node_changed("root")
        assert (await over(lab, late))["status"] == "completed"


async def test_what_has_failed_at_a_node_counts_there_until_it_is_put_back() -> None:
    async with bench(TREE, task_time=1000) as lab:

        async def failed() -> tuple[int, int, bool]:
            status = await lab.get("/status")
            nodes = sum(node["failed"] for node in status["nodes"])
            return nodes, status["tasks"]["failed"], status["tasks"]["lawful"]

        order = {"node": "root", "deadline": 0.1, "count": 2}
        answer = await lab.post("/tasks", order)
        ids = [each["id"] for each in answer["tasks"]]
        for each in ids:
            assert (await over(lab, each))["reason"] == "deadline"
        await eventually(lambda: lab.balancer.lab.status["root"].failed == 2)
        assert await failed() == (2, 2, True)
        await lab.post(f"/tasks/{ids[0]}/retry")
        assert await failed() == (1, 1, True)  # at once
        await lab.stop("root")
        await lab.start("root")
        await eventually(lambda: lab.balancer.lab.status["root"].put_back_before == 1)
        assert await failed() == (1, 1, True)
        await lab.post(f"/tasks/{ids[1]}/retry")
        assert await failed() == (0, 0, True)


async def test_the_priority_of_a_task_that_waits_at_a_node_is_changed_there() -> None:
    async with bench({"name": "root", "cpu": 1}, task_time=3600.0) as lab:
        up(lab, "root")
        ids = [each["id"] for each in (await lab.post("/tasks", {"count": 3, "title": "t"}))["tasks"]]
        await eventually(lambda: lab.balancer.lab.status["root"].running == 1)
        changed = (await lab.http.patch(f"/tasks/{ids[2]}", json={"priority": "critical"})).raise_for_status()
        assert changed.json() == {
            "status": "ok",
            "task": ids[2],
            "node": "root",
            "priority": "critical",
            "was": "medium",
        }
        await lab.http.delete(f"/tasks/{ids[0]}")
        await eventually(lambda: lab.balancer.lab.status["root"].cancelled == 1)
        await eventually(lambda: lab.task_counts().running == 1)
        assert [(await one(lab, each))["status"] for each in ids] == ["cancelled", "assigned", "running"]
        assert (await lab.http.patch(f"/tasks/{ids[2]}", json={"priority": "low"})).status_code == 409


@pytest.mark.parametrize(("order", "status", "reason"), REFUSED)
async def test_what_cannot_be_is_refused_at_once_and_adds_nothing(
    order: Any, status: int, reason: str
) -> None:
    async with bench(TREE, run_nodes=False) as lab:
        up(lab, "root", "gpu")
        answer = await lab.http.post("/tasks", json=order)
        assert answer.status_code == status
        assert reason in answer.json()["detail"]
        assert (await lab.get("/status"))["tasks"]["submitted"] == 0


async def test_no_more_than_so_many_tasks_may_be_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.PENDING_TASKS >= 10_000
    monkeypatch.setattr(limits, "PENDING_TASKS", 2)
    async with bench(TREE, run_nodes=False) as lab:
        await lab.post("/tasks", {"count": 2})
        await eventually(
            lambda: lab.balancer.journal.last is not None and lab.balancer.journal.last.pending == 2
        )
        refused = await lab.http.post("/tasks", json={})
        assert refused.status_code == 409
        assert refused.json()["detail"] == "2 tasks are pending already; at most 2 may be"


async def test_an_order_is_refused_for_now_under_its_key_only_where_nothing_can_have_been_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = {"idempotency-key": "wish-1"}
    async with bench(TREE, run_nodes=False) as lab:
        for error, again in ((JournalDoubtError("who knows"), None), (JournalError("away"), "1")):
            with monkeypatch.context() as patch:
                patch.setattr(SqliteReader, "execute", raising(error))
                refused = await lab.http.post("/tasks", json={}, headers=key)
                assert (refused.status_code, refused.json()["detail"]) == (503, str(error))
                assert refused.headers.get("retry-after") == again
            if again is None:  # it may be there, so the key is used up
                replayed = await lab.http.post("/tasks", json={}, headers=key)
                assert (replayed.status_code, replayed.json()) == (503, refused.json())
            key = {"idempotency-key": "wish-2"}
        added = await lab.http.post("/tasks", json={}, headers=key)
        assert (added.status_code, added.json()["count"]) == (200, 1)


async def test_who_got_some_of_the_tasks_is_not_told_to_ask_for_all_again() -> None:
    app = FastAPI()

    @app.post("/tasks")
    async def tasks(response: Response) -> dict[str, object]:
        response.status_code = 503
        response.headers["retry-after"] = "1"
        return {"title": "No journal", "detail": "the reason"}

    async with bench(TREE, run_nodes=False) as lab:
        await lab.play("root", app)
        alone = {"node": "root", "weight": 1, "title": "one"}
        refused = await lab.http.post("/tasks", json=[alone])
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        part = await lab.http.post("/tasks", json=[alone, {"roles": ["gpu"]}])
        assert (part.status_code, part.json()["detail"]) == (
            503,
            "1 of 2 tasks were added, and not the others: the reason",
        )
        assert "retry-after" not in part.headers


def raising(error: Exception) -> Callable[..., Any]:
    """Return what raises an error, however it is called."""

    def raises(*_: object) -> Any:
        raise error

    return raises


async def test_the_lab_courses_form_answers_as_ever() -> None:
    async with bench(TREE, task_time=3600.0) as lab:
        up(lab, "root")
        answer = await lab.post("/tasks", {"node": "root", "count": 2})
        assert set(answer) == {"status", "node", "count", "tasks"}
        assert (answer["node"], answer["count"], len(answer["tasks"])) == ("root", 2, 2)
