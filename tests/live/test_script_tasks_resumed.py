"""Script tasks outlive a whole lab that is killed: each is completed once, and says how often it began."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tests.live.survivors import processes
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, integrity, journal_reader
from tests.support.live_lab import live_lab
from tests.support.waiting import wait_gone
from topowave.topology import generate, write_topology

SCRIPT = """
import pathlib, time

class Late:
    def run(self, params):
        (pathlib.Path(params["began"]) / f"{params['number']}").touch()
        if not pathlib.Path(params["resumed"]).exists():
            time.sleep(600)
        return params["number"] ** 2

def module():
    return Late()
"""
NODES = 3
MANY = 30


def test_a_whole_lab_killed_with_scripts_running_goes_on_and_completes_every_task_once(
    tmp_path: Path,
) -> None:
    tree, began, resumed = tmp_path / "tree.json", tmp_path / "began", tmp_path / "resumed"
    write_topology(generate("star", nodes=NODES, seed=1), tree)
    began.mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "late.py").write_text(SCRIPT, "utf-8")
    with (
        live_lab(tmp_path, tree, script_dirs=["scripts"], rebalance_interval=0) as lab,
        journal_reader(tmp_path) as reader,
    ):
        cores = sum(node.cpu for node in lab.topology.nodes)
        params = {"began": str(began), "resumed": str(resumed)}
        orders = [
            {"script": "late.py", "type": "io", "params": params | {"number": number}}
            for number in range(MANY)
        ]
        ids = [task["id"] for task in lab.post("/tasks", orders)["tasks"]]
        lab.until(lambda: lab.get("/status")["tasks"]["running"], lambda running: running == cores)
        lab.until(lambda: len(list(began.iterdir())), lambda count: count == cores)
        running = {task["id"] for task in lab.get("/tasks?state=running")["tasks"]}
        assert 0 < len(running) == cores < MANY
        gone = with_workers(processes(lab))
        for pid in (lab.process.pid, *gone):
            kill(pid)
        wait_gone(gone)
        assert reader.counts().running == cores
    resumed.touch()
    with (
        live_lab(tmp_path, tree, "--resume", script_dirs=["scripts"], rebalance_interval=0) as lab,
        journal_reader(tmp_path) as reader,
    ):
        for number, task_id in enumerate(ids):
            found = lab.get(f"/tasks/{quote(task_id)}?wait=60")
            assert (found["state"], found["result"]) == ("done", number**2), found
        assert reader.counts().done == MANY
        assert lab.get("/status")["tasks"]["lawful"]
        tasks = all_tasks(reader)
        assert Counter(task["id"] for task in tasks) == Counter(ids)
        for task in tasks:
            assert_run_once_or_said_so(task)
            assert task["attempts"] == (2 if task["id"] in running else 1), task
    assert integrity(tmp_path) == "ok"


def with_workers(pids: list[int]) -> list[int]:
    """These processes and all below them, the workers that run scripts among them."""
    found = list(pids)
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [child for child in map(int, children.read_text().split()) if child not in found]
    return found


def kill(pid: int) -> None:
    """SIGKILL a process, unless one that was killed before it has ended it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
