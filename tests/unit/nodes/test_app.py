"""What a node answers over HTTP; every error is a problem."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import client, names, running_lab, tree
from tests.unit.nodes.tasks.giver import give_up_soon
from tests.unit.tasks.disk import full, read_only
from tests.unit.wire.loop import on_uvloop
from topowave.tasks.limits import MOVE_TASKS, TASKS_AT_ONCE
from topowave.wire import limits

SEVEN = tree(2, 2)


async def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@on_uvloop
async def test_a_node_tells_its_health_and_specs() -> None:
    async with running_lab(SEVEN, task_time=60) as lab, client() as http:
        health = (await http.get(lab.url("root0", "/health"))).json()
        assert health == {"status": "ok", "name": "root0", "engines": {}}
        await http.post(lab.url("root0", "/add_task?count=3"))
        assert (await http.get(lab.url("root0", "/specs"))).json() == {
            "name": "root0",
            "port": lab.port("root0"),
            "cpu": 2,
            "load": 3,
            "children": [lab.port("root00"), lab.port("root01")],
            "child_nodes": [{"name": f"root0{i}", "port": lab.port(f"root0{i}")} for i in range(2)],
        }
        assert (await http.get(lab.url("root00", "/specs"))).json()["children"] == []


@on_uvloop
async def test_a_node_documents_its_operations() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        assert (await http.get(lab.url("root", "/docs"))).status_code == 200
        schema = (await http.get(lab.url("root", "/openapi.json"))).json()
        assert schema["info"]["title"] == "Topowave node root"
        assert set(schema["paths"]["/add_task"]) == {"get", "post"}
        assert {"/specs", "/echo", "/rebalance", "/health", "/metrics", "/moves/{id}"} <= set(schema["paths"])


@pytest.mark.parametrize("method", ["GET", "POST"])
@on_uvloop
async def test_tasks_are_added_with_either_method(method: str) -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        first = await http.request(method, lab.url("root", "/add_task"))
        prefix = lab.node("root").tasks.incarnation_id
        assert first.json() == {"status": "ok", "added": 1, "load": 1, "tasks": [f"{prefix}.1"]}
        second = await http.request(method, lab.url("root", "/add_task?count=10000"))
        told = second.json()
        assert (told["status"], told["added"], told["load"]) == ("ok", 10_000, 10_001)
        assert told["tasks"] == [f"{prefix}.{number}" for number in range(2, 10_002)]
        assert (lab.task_counts().submitted, lab.task_counts().conserved) == (10_001, True)
        counts = lab.node("root").queue.counts()
        assert (counts.running, counts.submitted) == (2, 10_001)


@pytest.mark.parametrize("count", [0, -1, limits.ADD_TASKS + 1, "many", "1.5"])
@on_uvloop
async def test_a_count_beyond_its_limits_is_refused(count: object) -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        for method, path in (
            ("GET", f"/add_task?count={count}"),
            ("POST", f"/add_task?count={count}"),
            ("POST", f"/rebalance?target={lab.port('root0')}&count={count}"),
        ):
            body = await problem(await http.request(method, lab.url("root", path)), 422)
            assert body["problems"][0].startswith("query.count")
        assert lab.node("root").queue.counts().submitted == 0


@on_uvloop
async def test_a_full_queue_is_a_conflict_and_takes_nothing() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        lab.node("root").queue.capacity = 5
        assert (await http.post(lab.url("root", "/add_task?count=5"))).status_code == 200
        body = await problem(await http.post(lab.url("root", "/add_task?count=4")), 409)
        assert body["title"] == "Queue full"
        assert "room for 2 more tasks, not for 4" in body["detail"]
        assert lab.node("root").queue.load == 5


@on_uvloop
async def test_a_nodes_echo_brings_its_subtree_in_a_tree() -> None:
    async with running_lab(SEVEN) as lab, client() as http:
        subtrees = {"root": sorted(lab.nodes), "root1": ["root1", "root10", "root11"], "root11": ["root11"]}
        for start, found in subtrees.items():
            answer = await http.get(lab.url(start, "/echo"))
            assert answer.status_code == 200
            assert answer.headers["x-wave"].startswith(f"{start}-")
            assert names(answer.json()) == found
            assert answer.json()["name"] == start
        assert lab.answers == []


@on_uvloop
async def test_with_links_beside_the_tree_it_brings_the_whole_network() -> None:
    ring = tree(2, 1) | {"links": [["root00", "root10"]]}
    async with running_lab(ring) as lab, client() as http:
        for start in lab.nodes:
            answer = await http.get(lab.url(start, "/echo"))
            assert names(answer.json()) == sorted(lab.nodes)
            await lab.until_exact(answer.headers["x-wave"], 2 * 5)


@on_uvloop
async def test_an_echo_that_does_not_come_back_is_a_problem() -> None:
    foreign = {"name": "root", "children": [{"name": "theirs", "launch": False}]}
    # It accepts connections, in the kernel; the failure detector does not look soon enough.
    async with running_lab(foreign, wave_timeout=0.2, probe_after=60.0) as lab, client() as http:
        body = await problem(await http.get(lab.url("root", "/echo")), 504)
        assert "0.2 s" in body["detail"]


@on_uvloop
async def test_an_echo_under_which_the_network_changes_says_so_at_once() -> None:
    foreign = {"name": "root", "children": [{"name": "theirs", "launch": False}]}
    async with running_lab(foreign, wave_timeout=60, probe_after=60.0) as lab, client() as http:
        asked = asyncio.ensure_future(http.get(lab.url("root", "/echo")))
        node = lab.node("root")
        await eventually(lambda: len(node.waves) == 1)
        node.adopt(node.topology)
        body = await problem(await asked, 503)
        assert body["detail"] == "the network changed while it ran; ask again"


@on_uvloop
async def test_names_in_any_script_and_with_any_sign_work_everywhere() -> None:
    first, second = "Köln 東京 a&b+c;d=e@[f]!", "é:2.1"
    odd = {"name": first, "children": [{"name": second}]}
    async with running_lab(odd, task_time=60) as lab, client() as http:
        answer = await http.get(lab.url(first, "/echo"))
        assert names(answer.json()) == sorted([first, second])
        await http.post(lab.url(first, "/add_task?count=6"))
        moved = await http.post(lab.url(first, f"/rebalance?target={lab.port(second)}&count=3"))
        assert moved.json() == {"status": "ok", "moved": 3}
        await lab.tell(first, lab.request(f"{first}-1"), lab.request(f"{first}-2", "wave"))
        await lab.until_exact(f"{first}-1", 2)
        await eventually(lambda: lab.tasks() == 8)


@on_uvloop
async def test_tasks_move_to_the_node_on_the_target_port() -> None:
    async with running_lab(SEVEN, task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        path = f"/rebalance?target={lab.port('root11')}"
        assert (await http.post(lab.url("root", path))).json() == {"status": "ok", "moved": 1}
        assert (await http.post(lab.url("root", f"{path}&count=100&keep=2"))).json() == {
            "status": "ok",
            "moved": 7,
        }
        answer = (await http.post(lab.url("root", f"{path}&keep=2"))).json()
        assert (answer["status"], answer["code"], answer["moved"]) == ("error", "nothing_left", 0)
        assert (lab.node("root").queue.load, lab.node("root11").queue.load) == (2, 8)


@on_uvloop
async def test_a_receiver_without_room_leaves_the_tasks_where_they_are() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        lab.node("root0").queue.capacity = 2
        await http.post(lab.url("root", "/add_task?count=10"))
        answer = await http.post(lab.url("root", f"/rebalance?target={lab.port('root0')}&count=5"))
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["code"]) == ("error", "refused")
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == (10, 0)


@on_uvloop
async def test_a_receiver_that_hangs_leaves_the_tasks_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    give_up_soon(monkeypatch)
    async with running_lab(tree(1), absent=["root0"], task_time=60) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=10"))
        answer = await http.post(lab.url("root", f"/rebalance?target={lab.port('root0')}&count=5"))
        assert (answer.json()["status"], answer.json()["code"]) == ("error", "refused")
        assert lab.node("root").queue.load == 10
        # The question that waited in the kernel comes too late.
        await lab.start("root0")
        await eventually(lambda: "root0" in lab.loads)
        assert (lab.node("root").queue.load, lab.node("root0").queue.load) == (10, 0)
        assert lab.task_counts().conserved


@on_uvloop
async def test_an_unknown_target_and_the_node_itself_are_problems() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        for target in (lab.port("root"), lab.config.balancer_port):
            body = await problem(await http.post(lab.url("root", f"/rebalance?target={target}")), 422)
            assert str(target) in body["detail"]
        for bad in ("0", "65536", "root0", ""):
            await problem(await http.post(lab.url("root", f"/rebalance?target={bad}")), 422)
        await problem(await http.post(lab.url("root", "/rebalance")), 422)


@on_uvloop
async def test_a_move_that_is_not_there_takes_nothing() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        answer = await http.put(lab.url("root", "/moves/root0.1-7.1"), json={"count": 3})
        assert answer.json() == {"answer": "ended"}
        assert lab.node("root").queue.load == 0


@on_uvloop
async def test_an_offer_that_makes_no_sense_is_a_problem() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        url = lab.url("root", "/moves/root0.1-7.1")
        bad: list[object] = [
            {},
            [],
            {"count": 0},
            {"count": MOVE_TASKS + 1},
            {"count": "many"},
            {"count": 1.5},
        ]
        for body in bad:
            await problem(await http.put(url, json=body), 422)
        await problem(await http.put(url, content=b"{"), 422)
        await problem(await http.put(url, content=b"[" * 100_000), 422)
        lab.node("root").queue.capacity = 1
        await problem(await http.put(url, json={"count": 2}), 409)
        for _ in range(3):  # no room is kept for what did not come
            assert (await http.put(url, json={"count": 1})).json() == {"answer": "ended"}


@on_uvloop
async def test_a_task_is_cancelled_where_it_is_and_nowhere_else() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        ids = (await http.post(lab.url("root", "/add_task?count=5"))).json()["tasks"]
        for number, was in ((0, "running"), (4, "assigned")):
            answer = await http.delete(lab.url("root", f"/tasks/{ids[number]}"))
            assert answer.json() == {"status": "ok", "task": ids[number], "was": was}
        await problem(await http.delete(lab.url("root", f"/tasks/{ids[0]}")), 409)
        await problem(await http.delete(lab.url("root0", f"/tasks/{ids[1]}")), 409)
        await eventually(lambda: lab.task_counts().running == 2)
        counts = lab.task_counts()
        assert (counts.submitted, counts.assigned, counts.cancelled, counts.conserved) == (5, 1, 2, True)


@pytest.mark.slow
@on_uvloop
async def test_without_room_for_the_journal_new_tasks_are_refused_and_the_rest_goes_on() -> None:
    async with running_lab(tree(1), task_time=0.01) as lab, client() as http:
        assert (await http.post(lab.url("root", "/add_task?count=3"))).status_code == 200
        await eventually(lambda: lab.task_counts().completed == 3)
        with full(lab.node("root").tasks.journal):
            refused = await http.post(lab.url("root", "/add_task?count=500"))
            body = await problem(refused, 507)
            assert refused.headers["retry-after"] == "1"
            assert "no room left on its disk" in body["detail"]
            assert (await http.get(lab.url("root", "/echo"))).status_code == 200
            assert (await http.get(lab.url("root", "/health"))).status_code == 200
            assert (lab.task_counts().submitted, lab.task_counts().conserved) == (3, True)
            assert lab.node("root").queue.counts().submitted == 3
        assert (await http.post(lab.url("root", "/add_task?count=500"))).status_code == 200
        await eventually(lambda: lab.task_counts().completed == 503)


@on_uvloop
async def test_what_ends_while_the_journal_cannot_be_written_is_entered_when_it_can() -> None:
    async with running_lab(tree(1), task_time=0.05) as lab, client() as http:
        await http.post(lab.url("root", "/add_task?count=6"))
        journal = lab.node("root").tasks.journal
        with read_only(journal):
            await eventually(lambda: journal.problem is not None)
            refused = await http.post(lab.url("root", "/add_task"))
            body = await problem(refused, 503)
            assert "it is read-only" in body["detail"]
            assert refused.headers["retry-after"] == "1"
            assert lab.task_counts().conserved
            assert lab.task_counts().completed < 6
        await eventually(lambda: lab.task_counts().completed == 6)
        assert journal.problem is None


@on_uvloop
async def test_a_body_beyond_the_limit_is_refused() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        url = lab.url("root", "/moves/root0.1.7")
        await problem(await http.put(url, content=b" " * (limits.BODY_BYTES + 1)), 413)


@on_uvloop
async def test_what_is_not_there_is_a_problem() -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        await problem(await http.get(lab.url("root", "/nowhere")), 404)
        await problem(await http.delete(lab.url("root", "/specs")), 405)
        await problem(await http.get(lab.url("root", "/specs"), headers={"host": "evil.example"}), 403)


@on_uvloop
async def test_a_client_that_leaves_before_it_is_answered_does_no_harm() -> None:
    async with running_lab(tree(1)) as lab:
        for text in (b"GET /ws HTTP/1.1\r\n", b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03"):
            _, writer = await asyncio.open_connection("127.0.0.1", lab.port("root"))
            writer.write(text)
            await writer.drain()
            writer.transport.abort()
        for _ in range(5):
            async with lab.visit("root") as connection:
                await connection.send("not a frame")
                connection.transport.abort()
        await lab.tell("root", lab.request("w-1"))
        await lab.brought("w-1")


@on_uvloop
async def test_script_tasks_are_journalled_when_the_answer_comes_and_run_in_workers() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        order = {"tasks": [{"script": "pi", "params": {"samples": 10}}, {"script": "/etc/passwd"}]}
        answer = (await http.post(lab.url("root", "/tasks"), json=order)).json()
        assert (answer["added"], len(answer["tasks"])) == (2, 2)
        counts = lab.nodes["root"].node.queue.counts
        await eventually(lambda: (counts().completed, counts().failed) == (1, 1))


@pytest.mark.parametrize("count", [0, TASKS_AT_ONCE + 1])
@on_uvloop
async def test_no_script_task_or_too_many_are_refused(count: int) -> None:
    async with running_lab(tree(1)) as lab, client() as http:
        await problem(
            await http.post(lab.url("root", "/tasks"), json={"tasks": [{"script": "pi"}] * count}), 422
        )


@on_uvloop
async def test_a_task_that_waits_becomes_urgent_and_one_that_runs_does_not() -> None:
    async with running_lab(tree(1), task_time=60) as lab, client() as http:
        ids = (await http.post(lab.url("root", "/add_task?count=5"))).json()["tasks"]
        await eventually(lambda: lab.node("root").queue.counts().running == 2)
        url = lab.url("root", f"/tasks/{ids[4]}")
        answer = await http.patch(url, json={"priority": "high"})
        assert answer.json() == {"status": "ok", "task": ids[4], "priority": "high"}
        assert lab.node("root").queue.ids() == [*ids[:2], ids[4], *ids[2:4]]
        await problem(await http.patch(lab.url("root", f"/tasks/{ids[0]}"), json={"priority": "high"}), 409)
        await problem(await http.patch(lab.url("root", "/tasks/nobody"), json={"priority": "high"}), 409)
        for bad in ({"priority": "soon"}, {}, {"priority": "low", "weight": 2}):
            await problem(await http.patch(url, json=bad), 422)
