import asyncio
import os
import signal
from typing import Any

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import topology, tree
from topowave.balancer import limits
from topowave.tasks import TaskCounts
from topowave.topology.flat_form import from_rows
from topowave.wire.limits import CUT_LEAST, CUT_MOST, CUT_USUAL

pytestmark = pytest.mark.anyio


def path(links: int) -> dict[str, Any]:
    """A path whose last node is so many links below its first one."""
    found: dict[str, Any] = {"name": f"n{links}", "port": 10_000 + links, "cpu": 1}
    for level in reversed(range(links)):
        found = {"name": f"n{level}", "port": 10_000 + level, "cpu": 1, "children": [found]}
    return found


async def test_health_counts_the_nodes() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        lab.balancer.lab.set_state("root", "up", 1, 0, None)
        assert await lab.get("/health") == {
            "status": "ok",
            "nodes": 3,
            "nodes_up": 1,
            "version": 1,
            "links_opening": None,
        }


async def test_status_tells_of_nodes_tasks_waves_and_rebalancing() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root0", "count": 5})
        await eventually(lambda: lab.balancer.lab.status["root0"].running == 2)
        await eventually(lambda: lab.task_counts().running == 2)
        lab.balancer.lab.set_state("root0", "up", 4711, 2, None)
        status = await lab.get("/status")
        assert (status["title"], status["version"], status["load"]) == ("a test", 1, 5)
        assert status["imbalance"] == 1
        law = {
            "submitted": 5,
            "assigned": 3,
            "running": 2,
            "moving": 0,
            "pending": 0,
            "completed": 0,
            "failed": 0,
            "cancelled": 0,
        }
        assert status["tasks"] == law | {"lawful": True}
        assert status["rebalancing"]["rounds"] == 0
        node = status["nodes"][1]
        assert (node["name"], node["assigned"], node["running"]) == ("root0", 3, 2)
        assert (node["state"], node["pid"], node["restarts"]) == ("up", 4711, 2)


async def test_a_shape_is_generated_and_replaces_the_topology() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        order = {"shape": "ring", "nodes": 5, "seed": 1}
        asked = asyncio.ensure_future(lab.post("/topology", order))
        request = await lab.orchestrator.asked()
        wanted = from_rows(request["topology"])
        assert (len(wanted.nodes), wanted.is_tree) == (5, False)
        assert wanted.root.port == min(node.port for node in lab.topology.nodes)
        lab.orchestrator.say(kind="topology", topology=request["topology"], version=2)
        lab.orchestrator.say(kind="done", id=request["id"])
        assert await asked == {"status": "ok", "version": 2, "nodes": 5, "tasks_handed_over": 0}
        assert (lab.balancer.lab.topology, lab.balancer.lab.title) == (wanted, "ring, 5 nodes")
        bounds = {each["name"]: each["bound"] for each in (await lab.get("/algorithms"))["algorithms"]}
        assert bounds["echo"] == 10


async def test_a_topology_that_is_given_is_passed_on_as_it_is() -> None:
    own: dict[str, object] = {"name": "only", "port": 9123, "cpu": 3, "children": []}
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.post("/topology", {"topology": own}))
        request = await lab.orchestrator.asked()
        assert from_rows(request["topology"]).to_json() == own
        lab.orchestrator.say(kind="done", id=request["id"])
        await asked


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({}, "expected either"),
        ({"shape": "ring", "topology": {}}, "expected either"),
        ({"topology": {}, "nodes": 3}, "belong to a `shape`"),
        ({"shape": "cube"}, "there is no shape 'cube'"),
        ({"shape": "ring", "nodes": 0}, "nodes"),
        ({"shape": "ring", "nodes": 10_000}, "nodes"),
        ({"shape": "hypercube", "nodes": 9}, "9"),
        ({"shape": "ring", "seed": -1}, "seed"),
        ({"topology": {"name": "root", "port": 70000, "cpu": 1}}, "port: 70000 is not a port"),
        ({"shape": "ring", "nodes": 1000}, "a ring of 1000 nodes is too deep for a lab"),
        ({"shape": "path", "nodes": 500}, "expected at most 401 nodes"),
        (
            {"topology": path(450)},
            'topology: node "n401" is deeper than the limit of 400 links below the root',
        ),
        ({"topology": []}, "topology"),
    ],
)
async def test_a_topology_that_makes_no_sense_is_refused_before_anybody_is_asked(
    order: Any, reason: str
) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/topology", json=order)
        assert answer.status_code == 422
        assert reason in answer.json()["detail"]
        assert lab.balancer.lab.version == 1


async def test_data_of_any_depth_is_refused_and_the_balancer_lives_on() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        for depth in (900, 19_900, 1_000_000):
            deep = "[" * depth + "]" * depth
            for body in (deep, f'{{"topology": {deep}}}', f'{{"topology": {{"name": {deep}, "port": 1}}}}'):
                answer = await lab.http.post(
                    "/topology", content=body, headers={"content-type": "application/json"}
                )
                assert 400 <= answer.status_code < 500
                assert len(answer.content) < 2000
        assert (await lab.get("/health"))["status"] == "ok"


async def test_a_replacement_that_the_orchestrator_refuses_changes_nothing() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.http.post("/topology", json={"shape": "star", "nodes": 3}))
        request = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="refused", id=request["id"], problems=["port 8001 is in use"])
        answer = await asked
        assert (answer.status_code, answer.json()["problems"]) == (409, ["port 8001 is in use"])
        assert (lab.balancer.lab.title, lab.balancer.next_title) == ("a test", None)


@pytest.mark.parametrize("action", ["kill", "stop", "continue", "start"])
async def test_a_signal_is_passed_on(action: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.post(f"/nodes/root0/{action}"))
        request = await lab.orchestrator.asked()
        assert (request["kind"], request["name"], request["action"]) == ("signal", "root0", action)
        lab.orchestrator.say(kind="done", id=request["id"])
        assert await asked == {"status": "ok", "node": "root0", "action": action, "others": []}


async def test_the_largest_network_that_is_generated_is_asked_for_and_one_above_it_refused() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        order = {"shape": "binary", "nodes": limits.GENERATED_NODES + 1, "seed": 1}
        refused = await lab.http.post("/topology", json=order)
        assert (refused.status_code, refused.json()["title"]) == (422, "Invalid request")
        asked = asyncio.ensure_future(lab.post("/topology", order | {"nodes": limits.GENERATED_NODES}))
        request = await lab.orchestrator.asked()
        assert len(from_rows(request["topology"]).nodes) == limits.GENERATED_NODES == 1000
        lab.orchestrator.say(kind="done", id=request["id"])
        assert (await asked)["nodes"] == limits.GENERATED_NODES


async def test_a_signal_to_a_shared_process_is_answered_and_told_with_all_whom_it_hits() -> None:
    async with bench(tree(2), run_nodes=False) as lab:
        lab.orchestrator.say(kind="node", name="root", state="up", pid=7, others=["root0", "root1"])
        await eventually(lambda: lab.balancer.lab.others("root1") == ["root", "root0"])
        asked = asyncio.ensure_future(lab.post("/nodes/root1/kill"))
        request = await lab.orchestrator.asked()
        lab.orchestrator.say(kind="done", id=request["id"])
        assert (await asked)["others"] == ["root", "root0"]
        lab.orchestrator.say(
            kind="node", name="root", state="dead", others=["root0", "root1"], reason="killed"
        )
        await eventually(lambda: lab.balancer.lab.status["root1"].state == "dead")
        told = [event.text for event in lab.balancer.feed.between(0, lab.balancer.feed.last)]
        assert told[-2:] == [
            "kill root1: this takes root, root0 with it, which share its process",
            "root (with 2 other nodes in its process) died: killed",
        ]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nodes/nobody/kill", 404), ("/nodes/root/hug", 422), ("/nodes/guest/kill", 409)],
)
async def test_a_signal_that_makes_no_sense_is_refused(path: str, status: int) -> None:
    nested = {"name": "root", "children": [{"name": "guest", "launch": False}]}
    async with bench(nested, run_nodes=False) as lab:
        assert (await lab.http.post(path)).status_code == status


async def test_a_node_is_cut_off_by_itself_and_people_read_of_it() -> None:
    async with bench(tree(1)) as lab:
        assert await lab.post("/nodes/root0/cut", {"seconds": 2}) == {
            "status": "ok",
            "node": "root0",
            "seconds": 2,
        }
        told = [event.text for event in lab.balancer.feed.between(0, lab.balancer.feed.last)]
        assert told[-1] == "root0 is cut off from its neighbours for 2 s"
        assert (await lab.post("/nodes/root0/cut"))["seconds"] == CUT_USUAL


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "seconds", "status"),
    [
        ("/nodes/nobody/cut", 1, 404),
        ("/nodes/guest/cut", 1, 409),
        ("/nodes/root/cut", CUT_MOST, 504),  # its node does not run here
        ("/nodes/root/cut", CUT_MOST + 1, 422),
        ("/nodes/root/cut", CUT_LEAST / 2, 422),
        ("/nodes/root/cut", "1", 422),
    ],
)
async def test_a_cut_that_makes_no_sense_is_refused(path: str, seconds: object, status: int) -> None:
    nested = {"name": "root", "children": [{"name": "guest", "launch": False}]}
    async with bench(nested, run_nodes=False) as lab:
        assert (await lab.http.post(path, json={"seconds": seconds})).status_code == status


async def test_the_balancer_kills_itself_when_told_to_after_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[tuple[int, int]] = []

    def kill(pid: int, number: int) -> None:
        killed.append((pid, number))

    monkeypatch.setattr(os, "kill", kill)
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/balancer/kill")
        assert (answer.status_code, answer.json()) == (202, {"status": "ending"})
        await eventually(lambda: killed == [(os.getpid(), signal.SIGKILL)])


async def test_the_lab_is_stopped_through_the_orchestrator() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.post("/shutdown")
        assert answer.status_code == 202
        assert await lab.orchestrator.asked() == {"kind": "shutdown"}


@pytest.mark.parametrize(
    "path", ["/shutdown", "/rebalance", "/nodes/root/kill", "/nodes/root/cut", "/balancer/kill"]
)
async def test_what_changes_the_lab_is_no_get(path: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        assert (await lab.http.get(path)).status_code == 405


async def test_the_status_says_how_long_an_echo_wave_may_take_with_what_the_delays_add() -> None:
    async with bench(tree(1), run_nodes=False, wave_timeout=2.0) as lab:
        assert (await lab.get("/status"))["echo_limit"] == 2.0
    async with bench(tree(1), run_nodes=False, wave_timeout=2.0, link_delay=1000) as lab:
        assert (await lab.get("/status"))["echo_limit"] > 3.0


async def test_a_status_is_of_one_network_although_another_one_comes_while_the_tasks_are_counted() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        balancer, counts = lab.balancer, lab.balancer.journal.counts

        async def another_comes() -> TaskCounts | None:
            balancer.lab.replace(topology(tree(2)), 7)
            return await counts()

        balancer.journal.counts = another_comes  # type: ignore[method-assign]
        status = await lab.get("/status")
        assert (status["version"], len(status["nodes"]), status["actual_replicas"]) == (7, 3, 3)
