from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI, Response

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import limits
from topowave.tasks.errors import JournalError
from topowave.tasks.store.sql_reader import SqlReader

pytestmark = pytest.mark.anyio


async def test_tasks_go_to_the_node_that_was_named() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        told = await lab.post("/tasks", {"node": "root0", "count": 3})
        ids = [f"root0.1-{lab.balancer.lab.topology.index('root0') + 1}.{number}" for number in (1, 2, 3)]
        assert told == {"status": "ok", "node": "root0", "count": 3, "tasks": ids}
        await eventually(lambda: lab.balancer.lab.status["root0"].load == 3)
        assert lab.balancer.feed.between(0, 99)[-1].text == "3 tasks for root0"


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"node": "nobody", "count": 1}, 404),
        ({"node": "root", "count": 0}, 422),
        ({"node": "root", "count": -1}, 422),
        ({"node": "root", "count": 10**9}, 422),
        ({"node": "root", "count": 1.5}, 422),
        ({"node": "root", "count": True}, 422),
        ({"node": "root", "count": "3"}, 422),
        ({"node": 3, "count": 3}, 422),
        ({"count": 10_000}, 422),
        ({"node": "root", "tasks": 3}, 422),
    ],
)
async def test_an_order_of_tasks_that_makes_no_sense_is_refused(order: Any, status: int) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/tasks", json=order)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_node_that_refuses_tasks_is_quoted() -> None:
    app = FastAPI()

    @app.post("/add_task")
    async def add_task(response: Response) -> dict[str, str]:
        response.status_code = 409
        return {"detail": "the queue is full"}

    async with bench(tree(1), run_nodes=False) as lab:
        await lab.play("root", app)
        answer = await lab.http.post("/tasks", json={"node": "root"})
        assert answer.status_code == 502
        assert "the queue is full" in answer.json()["detail"]


async def test_a_node_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TASK_TIMEOUT", 0.05)
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/tasks", json={"node": "root"})
        assert answer.status_code == 504
        assert "may still do what was asked" in answer.json()["detail"]


async def test_a_task_tells_its_state_its_node_and_its_history() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        ids = (await lab.post("/tasks", {"node": "root", "count": 5}))["tasks"]
        await lab.balancer.client.post(
            f"http://127.0.0.1:{lab.topology.node('root').port}/rebalance",
            params={"target": lab.topology.node("root0").port, "count": 1},
        )
        await eventually(lambda: lab.task_counts().running == 3)
        moved = await lab.get(f"/tasks/{ids[4]}")
        assert (moved["id"], moved["status"], moved["node"], moved["attempts"]) == (
            ids[4],
            "running",
            "root0",
            1,
        )
        told = [(event["node"], event["what"]) for event in moved["history"]]
        assert told == [
            ("root", "assigned"),
            ("root", "moving to root0"),
            ("root0", "assigned"),
            ("root0", "running"),
        ]
        times = [event["time"] for event in moved["history"]]
        assert times == sorted(times)
        assert (await lab.http.get("/tasks/nobody.1-1.1")).status_code == 404


@pytest.mark.parametrize(("which", "was"), [(0, "running"), (4, "assigned")])
async def test_a_task_is_cancelled_through_its_node_and_the_next_one_runs(which: int, was: str) -> None:
    async with bench(tree(1), task_time=1000) as lab:
        ids = (await lab.post("/tasks", {"node": "root", "count": 5}))["tasks"]
        await eventually(lambda: lab.balancer.lab.status["root"].running == 2)
        task = f"/tasks/{quote(ids[which])}"
        answer = await lab.http.delete(task)
        assert answer.json() == {"status": "ok", "task": ids[which], "node": "root", "was": was}
        assert (await lab.get(task))["status"] == "cancelled"
        await eventually(lambda: lab.task_counts().running == 2)
        assert (await lab.get("/status"))["tasks"] == {
            "submitted": 5,
            "assigned": 2,
            "moving": 0,
            "pending": 0,
            "running": 2,
            "completed": 0,
            "failed": 0,
            "cancelled": 1,
            "lawful": True,
        }
        again = await lab.http.delete(task)
        assert (again.status_code, "is cancelled" in again.json()["detail"]) == (409, True)
        await eventually(lambda: lab.balancer.lab.status["root"].cancelled == 1)


async def test_a_full_queue_and_a_journal_without_room_are_told_as_the_node_tells_them() -> None:
    app = FastAPI()
    status = 507

    @app.post("/add_task")
    async def add_task(response: Response) -> dict[str, object]:
        response.status_code = status
        if status == 503:
            response.headers["retry-after"] = "7"
        return {"title": "No", "detail": "the reason", "status": status}

    async with bench(tree(1), run_nodes=False) as lab:
        await lab.play("root", app)
        for status in (507, 503, 409):
            answer = await lab.http.post("/tasks", json={"node": "root"})
            assert (answer.status_code, answer.json()["detail"]) == (status, "the reason")
            assert answer.headers.get("retry-after") == ("7" if status == 503 else None)


async def test_a_program_that_is_not_ours_gets_one_task_at_a_time_and_what_it_did_not_take_is_told() -> None:
    app, given, room = FastAPI(), list[str](), 3

    @app.get("/add_task")
    async def add_task(response: Response) -> dict[str, str]:
        if len(given) == room:
            response.status_code = 409
            return {"detail": "full"}
        given.append("task")
        return {"status": "ok"}

    theirs: dict[str, Any] = {"name": "root", "children": [{"name": "theirs", "launch": False}]}
    async with bench(theirs, run_nodes=False) as lab:
        await lab.play("theirs", app)
        assert await lab.post("/tasks", {"node": "theirs", "count": 2}) == {
            "status": "ok",
            "node": "theirs",
            "count": 2,
            "tasks": [],
        }
        answer = await lab.http.post("/tasks", json={"node": "theirs", "count": 5})
        assert answer.status_code == 502
        assert answer.json()["detail"] == "theirs took 1 of 5 tasks: answered 409"
        assert len(given) == room


async def test_many_tasks_are_made_urgent_or_cancelled_at_once_and_each_that_is_not_is_told() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        given = (await lab.post("/tasks", {"node": "root0", "count": 9}))["tasks"]
        await eventually(lambda: lab.balancer.lab.status["root0"].load == 9)
        await eventually(lambda: lab.task_counts().running == 2)
        listed = (await lab.http.get("/tasks?status=assigned")).json()["tasks"]
        waiting = [task["id"] for task in listed]
        assert waiting
        order = {"action": "priority", "priority": "high", "ids": [*waiting, waiting[0], "nobody"]}
        told = await lab.post("/tasks/bulk", order)
        assert told["done"] == waiting
        assert [(each["task"], each["status"]) for each in told["refused"]] == [("nobody", 404)]
        assert {
            task["priority"] for task in (await lab.http.get("/tasks?status=assigned")).json()["tasks"]
        } == {"high"}
        told = await lab.post("/tasks/bulk", {"action": "cancel", "ids": given})
        assert (told["done"], told["refused"]) == (given, [])
        assert lab.balancer.feed.between(0, 99)[-1].text == "9 tasks are cancelled"
        told = await lab.post("/tasks/bulk", {"action": "cancel", "ids": given[:1]})
        assert [(each["status"], each["detail"]) for each in told["refused"]] == [
            (409, f"{given[0]} is cancelled")
        ]


async def test_all_tasks_that_match_are_changed_a_page_at_a_time_and_none_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "BULK_TASKS", 4)
    async with bench(tree(1), task_time=1000) as lab:
        for category, count in (("old", 7), ("new", 3)):
            await lab.post("/tasks", {"node": "root0", "count": count, "category": category})
        await eventually(lambda: lab.balancer.lab.status["root0"].load == 10)
        await eventually(lambda: lab.task_counts().running == 2)
        listed = (await lab.http.get("/tasks?status=assigned&category=old&count=1")).json()
        waiting = [task["id"] for task in listed["tasks"]]
        assert listed["matching"] == {"tasks": len(waiting), "exact": True}

        async def all_pages(order: dict[str, Any]) -> list[dict[str, Any]]:
            told = [await lab.post("/tasks/bulk", order)]
            while told[-1]["next"]:
                await lab.post("/tasks", {"node": "root0", "category": "old"})  # comes too late to be meant
                told.append(await lab.post("/tasks/bulk", {**order, "after": told[-1]["next"]}))
            return told

        urgent = {"action": "priority", "priority": "high", "filter": {"category": "old"}}
        told = await all_pages(urgent)
        assert sorted(each for page in told for each in page["done"]) == sorted(waiting)
        assert [page["was"] for page in told] == [{"medium": page["done"]} for page in told]
        assert len(told) > 1
        assert max(len(page["done"]) for page in told) <= 4
        told = await all_pages({"action": "cancel", "filter": {"category": "old", "priority": "high"}})
        assert sorted(each for page in told for each in page["done"]) == sorted(waiting)
        left = (await lab.http.get("/tasks?status=assigned&status=running&count=1")).json()
        assert {task["category"] for task in left["tasks"]} == {"old", "new"}
        none = await lab.post("/tasks/bulk", {"action": "cancel", "filter": {"status": ["completed"]}})
        assert none == {"done": [], "refused": [], "was": {}, "next": None}


async def test_a_task_whose_journal_fails_is_told_of_and_the_others_are_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(1), task_time=1000) as lab:
        given = (await lab.post("/tasks", {"node": "root0", "count": 3}))["tasks"]
        await eventually(lambda: lab.balancer.lab.status["root0"].load == 3)
        read = SqlReader.task

        def task(self: SqlReader, id: str) -> dict[str, Any] | None:
            if id == given[1]:
                raise JournalError("the disk is full")
            return read(self, id)

        monkeypatch.setattr(SqlReader, "task", task)
        told = await lab.post("/tasks/bulk", {"action": "cancel", "ids": given})
        assert told["done"] == [given[0], given[2]]
        assert [(each["task"], each["status"], each["detail"]) for each in told["refused"]] == [
            (given[1], 503, "the disk is full")
        ]


@pytest.mark.parametrize(
    "order",
    [
        {"action": "cancel", "ids": []},
        {"action": "cancel", "ids": ["a"] * (limits.BULK_TASKS + 1)},
        {"action": "cancel", "ids": ["a"], "priority": "high"},
        {"action": "priority", "ids": ["a"]},
        {"action": "retry", "ids": ["a"]},
        {"ids": ["a"]},
        {"action": "cancel"},
        {"action": "cancel", "ids": ["a"], "filter": {}},
        {"action": "cancel", "ids": ["a"], "after": "b"},
        {"action": "cancel", "filter": {}, "after": "b"},
        {"action": "cancel", "filter": {"colour": "red"}},
        {"action": "cancel", "filter": {"limit": 3}},
    ],
)
async def test_an_order_for_many_tasks_that_makes_no_sense_is_refused(order: Any) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/tasks/bulk", json=order)
        assert answer.status_code == 422
