"""Script tasks outlive a whole lab that is killed: each is completed once, and says how often it began.

What came of those that were over is kept.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tests.faults.watching import Record
from tests.live.survivors import all_children_of, processes
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, integrity, journal_reader
from tests.support.live_lab import live_lab
from tests.support.waiting import wait_gone
from topowave.experiments.chaos.script_kinds import KINDS, OrderedScript, wrong_with_script
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
    tmp_path: Path, record_property: Record
) -> None:
    tree, began, resumed = tmp_path / "tree.json", tmp_path / "began", tmp_path / "resumed"
    write_topology(generate("star", nodes=NODES, seed=1), tree)
    began.mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "late.py").write_text(SCRIPT, "utf-8")
    with (
        live_lab(tmp_path, tree, script_dirs=["scripts", "@examples"], rebalance_interval=0) as lab,
        journal_reader(tmp_path) as reader,
    ):
        # What is over before the lab dies, in every way in which a script can end.
        over = [
            OrderedScript(lab.post("/tasks", kind.order(number, 1))["tasks"][0]["id"], kind, number)
            for number, kind in enumerate(KINDS)
        ]
        ended = {each.id: lab.get(f"/tasks/{quote(each.id)}?wait=60") for each in over}
        for each in over:
            assert wrong_with_script(each, ended[each.id]) == []
        assert {found["reason"] for found in ended.values()} == {kind.reason for kind in KINDS}
        cores = sum(node.cpu for node in lab.topology.nodes)
        params = {"began": str(began), "resumed": str(resumed)}
        orders = [
            {"script": "late.py", "type": "io", "params": params | {"number": number}}
            for number in range(MANY)
        ]
        ids = [task["id"] for task in lab.post("/tasks", orders)["tasks"]]
        lab.until(lambda: lab.get("/status")["tasks"]["running"], lambda running: running == cores)
        lab.until(lambda: len(list(began.iterdir())), lambda count: count == cores)
        running = {task["id"] for task in lab.get("/tasks?status=running")["tasks"]}
        assert 0 < len(running) == cores < MANY
        gone = with_workers(processes(lab))
        for pid in (lab.process.pid, *gone):
            kill(pid)
        wait_gone(gone)
        assert reader.counts().running == cores
    resumed.touch()
    with (
        live_lab(
            tmp_path, tree, "--resume", script_dirs=["scripts", "@examples"], rebalance_interval=0
        ) as lab,
        journal_reader(tmp_path) as reader,
    ):
        for number, task_id in enumerate(ids):
            found = lab.get(f"/tasks/{quote(task_id)}?wait=60")
            assert (found["status"], found["result"]) == ("completed", number**2), found
        assert {each.id: lab.get(f"/tasks/{quote(each.id)}") for each in over} == ended
        law = lab.get("/status")["tasks"]
        assert (law["submitted"], law["lawful"]) == (MANY + len(KINDS), True)
        tasks = [task for task in all_tasks(reader) if task["id"] not in ended]
        assert Counter(task["id"] for task in tasks) == Counter(ids)
        for task in tasks:
            assert_run_once_or_said_so(task)
            assert task["attempts"] == (2 if task["id"] in running else 1), task
    assert integrity(tmp_path) == "ok"
    again = sum(task["attempts"] > 1 for task in tasks)
    record_property("times", 1)
    record_property(
        "seen",
        f"{MANY} scripts completed once, {again} of them begun again and say so; what {len(over)} others had "
        "returned or failed with before is unchanged",
    )


def with_workers(pids: list[int]) -> list[int]:
    """These processes and all below them, the workers that run scripts among them."""
    found = list(pids)
    for pid in found:
        found += [child for child in all_children_of(pid) if child not in found]
    return found


def kill(pid: int) -> None:
    """SIGKILL a process, unless one that was killed before it has ended it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
