"""The routes by which a running network grows and shrinks, with the orchestrator played by the test."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.api.scaling import in_words
from topowave.balancer.limits import DRAIN_WAIT_MOST
from topowave.topology.limits import MAX_REPLICAS

pytestmark = pytest.mark.anyio

MIXED = {"name": "root", "cpu": 4, "children": [{"name": "alien", "launch": False}, {"name": "amber"}]}


async def answered(lab: Bench, *kinds: str) -> list[dict[str, Any]]:
    """Carry out what the balancer asks for, which is of these kinds; return the requests."""
    requests: list[dict[str, Any]] = []
    for kind in kinds:
        request = await lab.orchestrator.asked()
        assert request["kind"] == kind
        requests.append(request)
        if kind == "change":
            version = lab.balancer.lab.version + 1
            lab.orchestrator.say(kind="topology", topology=request["topology"], version=version, keeps=True)
        if kind == "set_executor":
            lab.orchestrator.say(kind="executors", executors={request["name"]: request["changes"]})
        lab.orchestrator.say(kind="done", id=request["id"])
    return requests


def texts(lab: Bench) -> list[str]:
    return [event.text for event in lab.balancer.feed.between(0, 999)]


@pytest.mark.parametrize("replicas", [0, -3, 2.5, "7", "many", True, [], MAX_REPLICAS + 1])
async def test_what_is_no_number_of_nodes_is_refused_in_words(replicas: object) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        refused = await lab.http.post("/deploy", json={"replicas": replicas})
        assert refused.status_code == 422
        assert "replicas" in refused.json()["detail"]
        assert (await lab.get("/deploy"))["desired_replicas"] is None


async def test_a_deploy_is_kept_by_the_orchestrator_and_a_second_one_replaces_its_goal() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.http.post("/deploy", json={"replicas": 4}))
        (kept,) = await answered(lab, "keep_goal")
        assert (kept["goal"]["replicas"], kept["goal"]["leaving"]) == (4, [])
        answer = await asked
        assert (answer.status_code, answer.json()["desired_replicas"]) == (202, 4)
        prepare = await lab.orchestrator.asked()
        assert (prepare["kind"], len(prepare["topology"])) == ("prepare", 4)
        again = asyncio.ensure_future(lab.post("/deploy", {"replicas": 2}))
        await answered(lab, "keep_goal")
        assert (await again)["desired_replicas"] == 2
        lab.orchestrator.say(kind="refused", id=prepare["id"], problems=["port 1 is taken"])
        await eventually(lambda: any("to add failed: port 1 is taken" in text for text in texts(lab)))
        await eventually(lambda: lab.balancer.scaling.phase == "settled")
        assert (await lab.get("/deploy"))["actual_replicas"] == 2


async def test_new_nodes_are_what_a_deploy_says_also_after_the_balancer_died_and_until_another_deploy() -> (
    None
):
    async with bench(tree(1), run_nodes=False) as lab:
        order = {"replicas": 4, "parent": "root0", "cpu": 3, "role": "gpu"}
        asked = asyncio.ensure_future(lab.http.post("/deploy", json=order))
        (kept,) = await answered(lab, "keep_goal")
        assert (await asked).status_code == 202
        prepare, _ = await answered(lab, "prepare", "change")
        new = prepare["topology"][2:]
        assert [(row["parent"], row["cpu"], row["role"]) for row in new] == [("root0", 3, "gpu")] * 2
        assert (
            "Deploy: 4 nodes are wanted, 2 are there; those that join do so below root0, with cpu 3, as gpu"
            in (texts(lab))
        )
        lab.orchestrator.say(**kept["goal"] | {"kind": "goal", "replicas": 5})
        (prepare, _) = await answered(lab, "prepare", "change")
        assert [row["role"] for row in prepare["topology"][2:]] == ["gpu"] * 3
        asked = asyncio.ensure_future(lab.http.post("/deploy", json={"replicas": 6}))
        (kept,) = await answered(lab, "keep_goal")
        assert [kept["goal"][name] for name in ("parent", "cpu", "role")] == [None] * 3
        await asked


@pytest.mark.parametrize(
    ("said", "status", "detail"),
    [
        ({"parent": "nobody"}, 404, "there is no node 'nobody' in this topology"),
        ({"cpu": 0}, 422, "body.cpu"),
        ({"cpu": 1.5}, 422, "body.cpu"),
        ({"role": "g" * 65}, 422, "is not a role"),
        ({"role": "a\nb"}, 422, "is not a role"),
    ],
)
async def test_what_no_new_node_can_be_is_refused_before_anything_is_wanted(
    said: dict[str, object], status: int, detail: str
) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        refused = await lab.http.post("/deploy", json={"replicas": 4, **said})
        assert refused.status_code == status
        assert detail in refused.json()["detail"]
        assert (await lab.get("/deploy"))["desired_replicas"] is None


async def test_a_node_joins_and_leaves_once_it_has_no_tasks() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.post("/nodes", {"name": "dill", "parent": "root0", "cpu": 3}))
        await answered(lab, "prepare", "change")
        joined = await asked
        assert (joined["name"], joined["parent"], joined["cpu"], joined["version"]) == ("dill", "root0", 3, 2)
        lab.orchestrator.say(kind="node", name="dill", state="up", pid=7, numbers=[2], started_at=1.0)
        await eventually(lambda: lab.balancer.lab.is_up("dill"))
        replica = next(each for each in (await lab.get("/status"))["replicas"] if each["name"] == "dill")
        assert (replica["id"], replica["port"], replica["agent"]) == ("replica-2", joined["port"], None)
        assert (replica["node_ip"], replica["state"], replica["started_at"]) == ("127.0.0.1", "up", 1.0)
        inner = await lab.http.delete("/nodes/root0")
        assert (inner.status_code, "leaves leave first" in inner.json()["detail"]) == (409, True)
        leaving = asyncio.ensure_future(lab.http.delete("/nodes/dill"))
        await answered(lab, "keep_goal", "set_executor", "change", "keep_goal")
        assert (await leaving).json() == {
            "status": "left",
            "name": "dill",
            "reason": None,
            "sentences": {},
        }
        assert "dill" not in lab.balancer.lab.status
        assert "dill left: it has no tasks any more" in texts(lab)


async def test_a_node_that_joins_is_one_more_than_were_wanted_and_none_leaves_for_it() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.orchestrator.say(kind="goal", replicas=2, leaving=[], deleted=[])
        await eventually(lambda: lab.balancer.scaling.goal.replicas == 2)
        asked = asyncio.ensure_future(lab.post("/nodes", {"name": "dill"}))
        await answered(lab, "prepare")
        change = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="topology", topology=change["topology"], version=2, keeps=True)
        lab.orchestrator.say(kind="node", name="dill", state="up", pid=7)  # which makes the loop look
        lab.orchestrator.say(kind="done", id=change["id"])
        (kept,) = await answered(lab, "keep_goal")
        assert kept["goal"]["replicas"] == 3
        assert (await asked)["name"] == "dill"


async def test_a_node_that_cannot_leave_yet_says_why() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        lab.orchestrator.say(kind="node", name="root0", state="stopped", pid=7)
        await eventually(lambda: lab.balancer.lab.status["root0"].state == "stopped")
        asked = asyncio.ensure_future(lab.http.delete("/nodes/root0?wait=0"))
        await answered(lab, "keep_goal", "set_executor")
        assert (await asked).json()["status"] == "leaving"
        why = "it is stopped: let it continue, or kill it"
        await eventually(lambda: lab.balancer.draining.reasons.get("root0") == why)
        again = (await lab.http.delete("/nodes/root0?wait=0")).json()
        assert again == {
            "status": "leaving",
            "name": "root0",
            "reason": why,
            "sentences": {"reason": {"code": why, "parameters": {}}},
        }
        assert (await lab.get("/deploy"))["leaving"] == {"root0": why}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/nodes", {"name": "amber"}, 409, "there is a node 'amber' already"),
        ("POST", "/nodes", {"name": "a/b"}, 422, "'/'"),
        ("POST", "/nodes", {"parent": "nobody"}, 404, "nobody"),
        ("POST", "/nodes", {"cpu": 0}, 422, "cpu"),
        ("POST", "/nodes", {"port": 8000}, 422, "port"),
        ("DELETE", "/nodes/nobody", None, 404, "nobody"),
        ("DELETE", "/nodes/root", None, 409, "root is the root"),
        ("DELETE", "/nodes/amber?wait=-1", None, 422, "wait"),
        ("DELETE", f"/nodes/amber?wait={DRAIN_WAIT_MOST + 1}", None, 422, "wait"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    method: str, path: str, body: object, status: int, said: str
) -> None:
    async with bench(MIXED, run_nodes=False) as lab:
        refused: httpx.Response = await lab.http.request(method, path, json=body)
        assert refused.status_code == status
        assert said in refused.json()["detail"]


async def test_what_was_wanted_before_the_balancer_died_is_wanted_still() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        for name in ("root", "root0", "root1"):
            lab.orchestrator.say(kind="node", name=name, state="up", pid=1)
        lab.orchestrator.say(kind="goal", replicas=2, leaving=["root1"], deleted=[])
        # It may have died before the node was told, which therefore is told in any case.
        _, change, _ = await answered(lab, "set_executor", "change", "keep_goal")
        assert [row["name"] for row in change["topology"]] == ["root", "root0"]
        await eventually(lambda: lab.balancer.scaling.phase == "settled")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0s"), (7, "7s"), (130, "2m10s"), (10_805, "3h0m5s"), (86_400, "1d0h0m0s")],
)
def test_a_time_is_told_as_people_write_it(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
