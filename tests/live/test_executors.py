"""Requests are routed in a whole lab: by roles, around inactive nodes, through retries, past every death."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.live_lab import LiveLab, live_lab

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [
        {"name": "amber", "port": 2, "cpu": 4, "roles": ["gpu"]},
        {"name": "basil", "port": 3, "cpu": 2, "roles": ["gpu", "io"], "active": False},
    ],
}
SCRIPT = """
import pathlib

class Once:
    def run(self, params):
        file = pathlib.Path(params["file"])
        with file.open("a") as tries:
            tries.write("x")
        if len(file.read_text()) <= params["fails"]:
            raise ValueError("not yet")
        return params["file"]

def module():
    return Once()
"""


def change(lab: LiveLab, name: str, **settings: object) -> dict[str, Any]:
    """Change an executor, and again until nobody is left who was too slow to say that it knows."""

    def ask() -> dict[str, Any]:
        answer = lab.http.patch(f"{lab.balancer}/executors/{name}", json=settings).raise_for_status()
        return dict[str, Any](answer.json())

    found: dict[str, Any] = lab.until(ask, lambda answer: answer["not_yet"] == [])
    return found


def task(lab: LiveLab, name: str, *, wait: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = lab.get(f"/tasks/{quote(name)}{'?wait=60' if wait else ''}")
    return found


def submitted(lab: LiveLab, order: object) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = lab.post("/tasks", order)["tasks"]
    return tasks


@pytest.mark.slow
def test_requests_go_to_executors_that_fit_and_wait_for_them_past_every_death(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    (tmp_path / "once.py").write_text(SCRIPT, "utf-8")
    with live_lab(
        tmp_path, tmp_path / "tree.json", rebalance_interval=0, task_time=0.05, script_dirs=["."]
    ) as lab:
        # By roles, and not to an inactive node; its port refuses what is given to it directly, too.
        assert {each["node"] for each in submitted(lab, {"roles": ["gpu"], "count": 20})} == {"amber"}
        basil = f"http://127.0.0.1:{lab.topology.node('basil').port}/add_task"
        assert lab.http.get(basil).status_code == 409

        # What nobody takes now waits in the journal, past the death of the balancer.
        (waits,) = submitted(lab, {"roles": ["io"], "request": "tonight"})
        assert (waits["node"], task(lab, waits["id"], wait=False)["status"]) == (None, "pending")
        lab.kill_balancer()
        lab.until(lambda: lab.get("/health")["nodes_up"], lambda up: up == 3)
        assert lab.get("/status")["tasks"]["pending"] == 1
        change(lab, "amber", active=False)
        (also,) = submitted(
            lab, {"roles": ["gpu"], "weight": 2, "priority": "critical", "request": "tonight"}
        )
        assert also["node"] is None

        # An executor keeps what it was told past its own death, and takes what has waited once it is active.
        pid = lab.pid("amber")
        lab.post("/nodes/amber/kill")
        lab.until_back("amber", pid)
        assert lab.get("/executors/amber")["status"] == "inactive"
        change(lab, "basil", active=True)
        for each in (waits, also):
            found = task(lab, each["id"])
            assert (found["status"], found["node"], found["request"]) == ("completed", "basil", "tonight")
        page = lab.get("/tasks?request=tonight&sort=priority")["tasks"]
        assert [each["id"] for each in page] == [also["id"], waits["id"]]

        # A script that fails is tried again, after a pause; what has no attempts left is put back.
        order = {"script": "once.py", "backoff": 0.1, "max_attempts": 3}
        second = {"file": str(tmp_path / "second"), "fails": 1}
        fifth = {"file": str(tmp_path / "fifth"), "fails": 4}
        better, worse = submitted(lab, [order | {"params": second}, order | {"params": fifth}])
        found = task(lab, better["id"])
        assert (found["status"], found["attempts"], found["result"]) == ("completed", 2, second["file"])
        found = task(lab, worse["id"])
        assert (found["status"], found["attempts"], found["reason"]) == ("failed", 3, "raised")
        assert lab.post(f"/tasks/{quote(worse['id'])}/retry")["status"] == "ok"
        found = task(lab, worse["id"])
        assert (found["status"], found["attempts"]) == ("completed", 2)
        assert "put back" in [event["what"] for event in found["history"]]

        # A node with a limit is given more as it gets done; nothing is lost in all this.
        change(lab, "root", limit=2)
        many = submitted(lab, {"roles": ["root"], "count": 9})
        assert sum(each["node"] is None for each in many) >= 7  # what ended a moment ago may count still
        assert {task(lab, each["id"])["status"] for each in many} == {"completed"}
        counts = lab.get("/status")["tasks"]
        assert counts["lawful"]
        assert (counts["pending"], counts["failed"]) == (0, 0)
