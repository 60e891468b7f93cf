"""Pending tasks come to nodes once, whatever becomes of an offer."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from topowave.balancer import dispatcher
from topowave.tasks.commands import Take

pytestmark = pytest.mark.anyio

TREE = {"name": "root", "cpu": 2, "children": [{"name": "leaf", "cpu": 2}]}


def up(lab: Bench, name: str) -> None:
    lab.orchestrator.say(kind="node", name=name, state="up")


async def pending(lab: Bench, count: int) -> list[str]:
    """Submit tasks while no node is up; returns their ids."""
    answer = await lab.post("/tasks", {"count": count})
    assert {each["node"] for each in answer["tasks"]} == {None}
    return [each["id"] for each in answer["tasks"]]


async def nodes_of(lab: Bench, ids: list[str]) -> set[str | None]:
    return {(await lab.get(f"/tasks/{each}"))["node"] for each in ids}


async def test_what_a_node_does_not_take_stays_pending_and_goes_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatcher, "DISPATCH_LEFT_OUT", 3600.0)
    offers: list[str] = []

    async def full(request: Request) -> JSONResponse:
        offers.append(request.path_params["id"])
        return JSONResponse({"title": "Queue full"}, 409)

    async with bench(TREE, run_nodes=False, task_time=3600.0) as lab:
        await lab.play("root", Starlette(routes=[Route("/moves/{id:path}", full, methods=["PUT"])]))
        await lab.start("leaf")
        ids = await pending(lab, 3)
        up(lab, "root")
        await eventually(lambda: len(offers) == 1)
        lab.balancer.dispatcher.wake()  # it is left out, so nothing is offered again
        await eventually(lambda: lab.balancer.journal.last is not None)
        assert await nodes_of(lab, ids) == {None}
        up(lab, "leaf")
        await eventually(lambda: lab.balancer.lab.status["leaf"].load == 3)
        assert await nodes_of(lab, ids) == {"leaf"}
        assert len(offers) == 1
        await pending_again(lab, offers)


async def pending_again(lab: Bench, offers: list[str]) -> None:
    """A node that is up again is asked again, also if it was left out."""
    lab.orchestrator.say(kind="node", name="leaf", state="dead")
    lab.orchestrator.say(kind="node", name="root", state="dead")
    await eventually(lambda: not lab.balancer.lab.is_up("root"))
    await pending(lab, 1)
    up(lab, "root")
    await eventually(lambda: len(offers) == 2)
    assert offers[0] != offers[1]


async def test_tasks_that_were_taken_though_the_answer_was_lost_are_not_offered_again() -> None:
    async with bench(TREE, run_nodes=False) as lab:

        async def taken(request: Request) -> JSONResponse:
            count = (await request.json())["count"]
            await lab.balancer.journal.execute(Take("root", request.path_params["id"], 1, count))
            return JSONResponse({"title": "Lost"}, 500)

        await lab.play("root", Starlette(routes=[Route("/moves/{id:path}", taken, methods=["PUT"])]))
        ids = await pending(lab, 3)
        up(lab, "root")
        await eventually(
            lambda: lab.balancer.journal.last is not None and lab.balancer.journal.last.assigned == 3
        )
        assert await nodes_of(lab, ids) == {"root"}
        counts = (await lab.get("/status"))["tasks"]
        assert (counts["submitted"], counts["pending"], counts["lawful"]) == (3, 0, True)


async def test_more_tasks_than_one_look_goes_through_are_all_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "DISPATCH_TASKS", 4)
    monkeypatch.setattr(dispatcher, "DISPATCH_PAGES", 2)
    async with bench(TREE, run_nodes=False, task_time=0.001) as lab:
        ids = await pending(lab, 30)
        await lab.start("leaf")
        up(lab, "leaf")
        for each in ids:
            assert (await lab.get(f"/tasks/{each}?wait=60"))["status"] == "completed"
