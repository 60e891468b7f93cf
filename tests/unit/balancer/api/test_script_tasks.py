"""Script tasks over HTTP: where they go, what comes of them, and a sentence for each thing that is wrong."""

from __future__ import annotations

from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer import limits
from topowave.balancer.api.responses import TaskHistory
from topowave.tasks.limits import TASKS_AT_ONCE, TASKS_BYTES

pytestmark = pytest.mark.anyio
PI = {"script": "pi", "params": {"samples": 10}}


@pytest.fixture(scope="module", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


def all_up(lab: Bench) -> None:
    """Say what the orchestrator would say."""
    for node in lab.topology.nodes:
        lab.balancer.lab.set_state(node.name, "up", 1, 0, None)


async def test_a_script_task_is_placed_run_and_told_with_its_result(tmp_path: Path) -> None:
    script = tmp_path / "odd.py"
    script.write_text(
        "class Odd:\n    def run(self, params):\n        print('caf\\u00e9')\n"
        "        return [10 ** 400, '\\ud800', params]\n\ndef module():\n    return Odd()\n",
        "utf-8",
    )
    async with bench(tree(1), task_time=1000, script_dirs=["@examples", str(tmp_path)]) as lab:
        all_up(lab)
        about = {"title": "An odd one", "category": "c", "priority": "high"}
        order = [PI | {"node": "root"}, {"script": str(script), "params": 7} | about]
        said = await lab.post("/tasks", order)
        first, second = said["tasks"]
        assert (said["count"], first["node"], second["node"]) == (2, "root", "root0")
        done = await lab.get(f"/tasks/{quote(first['id'])}?wait=60")
        assert (done["status"], done["result"]["samples"], done["attempts"]) == ("completed", 10, 1)
        TaskHistory.model_validate(done)
        odd = await lab.get(f"/tasks/{quote(second['id'])}?wait=60")
        assert odd["result"] == [10**400, "\ud800", 7]
        assert (odd["output"], odd["script"]) == ("caf\u00e9\n", str(script))
        assert odd | about == odd
        (listed,) = (await lab.get("/tasks?node=root0"))["tasks"]
        assert listed | about | {"kind": "script"} == listed
        assert lab.balancer.feed.between(0, 99)[-1].text == "2 tasks for root, root0"


async def test_tasks_that_name_no_node_are_spread_by_the_loads_that_are_known() -> None:
    async with bench(tree(2), run_nodes=True, task_time=1000, script_dirs=["@examples"]) as lab:
        all_up(lab)
        await lab.post("/tasks", {"node": "root", "count": 4})
        await eventually(lambda: lab.balancer.lab.status["root"].load == 4)
        said = await lab.post("/tasks", PI | {"params": {"samples": 10**9}, "count": 6})
        nodes = [task["node"] for task in said["tasks"]]
        assert sorted(nodes) == ["root0"] * 3 + ["root1"] * 3
        for task in said["tasks"]:
            (await lab.http.delete(f"/tasks/{quote(task['id'])}")).raise_for_status()


async def test_a_repeated_order_under_one_key_adds_its_tasks_once() -> None:
    async with bench(tree(1)) as lab:
        all_up(lab)
        key = {"Idempotency-Key": "once"}
        first, second = [await lab.http.post("/tasks", json=PI, headers=key) for _ in range(2)]
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        await lab.get(f"/tasks/{quote(first.json()['tasks'][0]['id'])}?wait=60")
        assert (await lab.get("/status"))["tasks"]["submitted"] == 1


@pytest.mark.parametrize(
    ("order", "status", "words"),
    [
        (PI | {"node": "nobody"}, 404, "there is no node 'nobody'"),
        (PI | {"node": "theirs"}, 409, "theirs is somebody else's program, which runs no scripts"),
        (PI | {"count": 0}, 422, "body.count: Input should be greater than or equal to 1"),
        (PI | {"priority": "soon"}, 422, "body.priority: Input should be 'critical', 'high'"),
        (PI | {"wieght": 1}, 422, 'body: wieght: unknown; did you mean "weight"?'),
        ([PI, PI | {"type": "gpu"}], 422, "body.1.type: Input should be 'cpu' or 'io'"),
        ([], 422, "body: List should have at least 1 item"),
        ([PI] * (TASKS_AT_ONCE + 1), 422, "List should have at most 1000 items"),
        ([PI, PI | {"count": TASKS_AT_ONCE}], 422, "1,001 tasks; one request may add 1,000"),
        ({"script": "/etc/passwd"}, 422, "body: /etc/passwd: is in none of the folders that script_dirs"),
        (
            [PI, {"script": "pie"}],
            422,
            "body.1: pie: there is no such script in the folders that script_dirs",
        ),
        (
            PI | {"timeout": 301},
            422,
            "body: a timeout of 301 s is more than script_timeout of config.json, 300 s",
        ),
        (PI | {"params": "x" * 900_000, "count": 5}, 413, f"one request may add {TASKS_BYTES:,}"),
        ("pi", 422, "body: "),
        (None, 422, "body"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_in_one_sentence(
    order: Any, status: int, words: str
) -> None:
    theirs: dict[str, Any] = {"name": "root", "children": [{"name": "theirs", "launch": False}]}
    async with bench(theirs, run_nodes=False) as lab:
        answer = await lab.http.post("/tasks", json=order)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert words in answer.json()["detail"]


async def test_where_one_node_takes_nothing_it_is_told_which_tasks_were_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.stop("root0")
        monkeypatch.setattr(limits, "TASK_TIMEOUT", 3)
        answer = await lab.http.post("/tasks", json=[PI | {"node": "root"}, PI | {"node": "root0"}])
        told = answer.json()
        assert answer.status_code == 504
        assert told["detail"].startswith("1 of 2 tasks were added, and not the others: root0 does not answer")
        assert len(told["added"]) == 1
        await lab.get(f"/tasks/{quote(told['added'][0])}?wait=60")


async def test_where_no_node_is_up_a_script_task_waits() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        (task,) = (await lab.post("/tasks", PI))["tasks"]
        assert task == {"id": "lab.1", "node": None}
        assert (await lab.get("/tasks/lab.1"))["script"].endswith("pi.py")


async def test_who_waits_for_a_task_that_goes_on_hears_how_it_is() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        (task,) = (await lab.post("/tasks", {"node": "root"}))["tasks"]
        assert (await lab.get(f"/tasks/{quote(task)}?wait=0.05"))["status"] in {"assigned", "running"}
        assert (await lab.http.get("/tasks/nobody.1-1.1?wait=5")).status_code == 404
        for wait in ("-1", f"{limits.TASK_WAIT + 1}", "nan", "x"):
            assert (await lab.http.get(f"/tasks/{quote(task)}?wait={wait}")).status_code == 422
