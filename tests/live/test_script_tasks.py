"""Script tasks in a whole lab: hundreds are spread, a node is killed under them, and each has its result."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from tests.live.survivors import all_children_of
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, journal_reader
from tests.support.live_lab import live_lab
from tests.support.waiting import wait_gone
from topowave.topology import generate, write_topology

SCRIPT = """
import hashlib, pathlib, time

class Hash:
    def run(self, params):
        if "first" in params and not pathlib.Path(params["first"]).exists():
            pathlib.Path(params["first"]).touch()
            time.sleep(600)
        time.sleep(0.05)
        return hashlib.sha256(str(params["number"]).encode()).hexdigest()[:8]

def module():
    return Hash()
"""
MANY = 300


def test_hundreds_of_script_tasks_have_their_results_though_a_node_is_killed_in_the_middle(
    tmp_path: Path,
) -> None:
    write_topology(generate("binary", nodes=15, seed=1), tmp_path / "tree.json")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "hash.py").write_text(SCRIPT, "utf-8")
    with (
        live_lab(tmp_path, tmp_path / "tree.json", rebalance_interval=1, script_dirs=["scripts"]) as lab,
        journal_reader(tmp_path) as reader,
    ):
        orders = [{"script": "hash.py", "type": "io", "params": {"number": number}} for number in range(MANY)]
        placed = lab.post("/tasks", orders)["tasks"]
        assert len({task["node"] for task in placed}) == 15
        # It ends only when it has begun twice: its node is killed, if it did not move while it ran.
        stubborn = {"script": "hash.py", "params": {"number": -1, "first": str(tmp_path / "began")}}
        (last,) = lab.post("/tasks", stubborn)["tasks"]
        lab.until((tmp_path / "began").exists, bool)
        victim = lab.get(f"/tasks/{quote(last['id'])}")["node"]
        pid = lab.pid(victim)
        assert pid is not None
        workers = all_children_of(pid)
        assert workers
        lab.post(f"/nodes/{victim}/kill")
        wait_gone(workers)
        for number, task in enumerate([*placed, last]):
            found = lab.get(f"/tasks/{quote(task['id'])}?wait=60")
            wanted = str(number if number < MANY else -1).encode()
            assert found["status"] == "completed", found
            assert found["result"] == hashlib.sha256(wanted).hexdigest()[:8]
        assert lab.get(f"/tasks/{quote(last['id'])}")["attempts"] > 1
        assert lab.get("/status")["tasks"]["lawful"]
        tasks = all_tasks(reader)
        assert Counter(task["status"] for task in tasks) == {"completed": MANY + 1}
        for task in tasks:
            assert_run_once_or_said_so(task)
