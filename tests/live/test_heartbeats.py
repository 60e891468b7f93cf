"""Nodes whose process is not heard are inactive, get no tasks, and come back by themselves."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import LiveLab, live_lab

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [{"name": "amber", "port": 2, "cpu": 2}, {"name": "basil", "port": 3, "cpu": 2}],
}

HEARTBEAT_S = 2.0
"""Three of these are long enough that nobody is inactive who is only slow, on a busy machine (s)."""


def replica(lab: LiveLab, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in lab.get("/status")["replicas"] if each["name"] == name)
    return found


@pytest.mark.slow
def test_a_stopped_node_is_inactive_after_three_heartbeats_and_comes_back_by_itself(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with live_lab(
        tmp_path, tmp_path / "tree.json", "--processes", "3", heartbeat_interval=HEARTBEAT_S, task_time=0.1
    ) as lab:
        pid = lab.pid("amber")
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # from without: nobody has told the lab
        found = lab.until(lambda: replica(lab, "amber"), lambda each: each["state"] == "inactive")
        assert found["reason"].startswith("not heard for")
        assert found["last_heard_s"] >= 3 * HEARTBEAT_S
        assert replica(lab, "basil")["state"] == "up"
        tasks = lab.post("/tasks", {"count": 10})["tasks"]
        assert {task["node"] for task in tasks} <= {"root", "basil"}
        os.kill(pid, signal.SIGCONT)
        lab.until(lambda: replica(lab, "amber"), lambda each: each["state"] == "up")
        assert lab.pid("amber") == pid
        assert lab.get("/executors/amber")["status"] == "active"  # that is people's to say
