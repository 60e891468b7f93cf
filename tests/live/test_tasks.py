"""Tasks outlive the processes that run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.live.survivors import processes
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, integrity, journal_reader
from tests.support.live_lab import ROOT, live_lab
from tests.support.waiting import wait_gone
from topowave.tasks import TaskCounts

TOPOLOGY = ROOT / "topology.json"
KILLS = 3
MANY = 60
"""Enough that some are there still at the last kill, on a slow machine too."""


def _runs_after(completed: int) -> Callable[[TaskCounts], bool]:
    return lambda counts: counts.running > 0 and counts.completed > completed


def test_a_node_that_is_killed_comes_back_with_its_queue_and_every_task_is_done(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, task_time=0.3, rebalance_interval=0) as lab:
        leaf = lab.topology.nodes[-1].name
        with journal_reader(tmp_path) as reader:
            ids = lab.post("/tasks", {"node": leaf, "count": MANY})["tasks"]
            for kill in range(KILLS):
                lab.until(reader.counts, _runs_after(2 * kill))
                pid = lab.pid(leaf)
                lab.post(f"/nodes/{leaf}/kill")
                assert reader.counts().conserved
                lab.until_back(leaf, pid)
                assert reader.counts().conserved
            lab.until(reader.counts, lambda counts: counts.completed == MANY)
            found = all_tasks(reader)
            assert [task["id"] for task in found] == ids
            for task in found:
                assert_run_once_or_said_so(task)
            assert any(task["attempts"] > 1 for task in found)
            status = lab.get("/status")
            assert status["tasks"]["lawful"]
            lab.until(lambda: lab.get("/status")["nodes"][-1]["completed"], lambda done: done == MANY)
    assert integrity(tmp_path) == "ok"


def test_the_law_is_printed_by_status_and_streamed(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, task_time=600, rebalance_interval=0) as lab:
        root = lab.topology.root
        lab.post("/tasks", {"node": root.name, "count": 7})
        counts = lab.until(lambda: lab.get("/status")["tasks"], lambda found: found["running"] == root.cpu)
        assert (counts["submitted"], counts["assigned"], counts["lawful"]) == (7, 7 - root.cpu, True)


def test_tasks_of_nodes_that_a_new_topology_does_not_have_go_to_others(tmp_path: Path) -> None:
    with (
        live_lab(tmp_path, TOPOLOGY, task_time=600, rebalance_interval=0) as lab,
        journal_reader(tmp_path) as reader,
    ):
        root, leaf = lab.topology.root.name, lab.topology.nodes[-1].name
        lab.post("/tasks", {"node": root, "count": 5})
        goes = lab.post("/tasks", {"node": leaf, "count": 5})["tasks"]
        alone: dict[str, object] = {"name": root, "port": lab.topology.root.port, "cpu": 2, "children": []}
        assert lab.post("/topology", {"topology": alone})["tasks_handed_over"] == 5
        lab.until(reader.counts, lambda counts: (counts.running, counts.assigned) == (2, 8))
        found = lab.get(f"/tasks/{goes[0]}")
        assert (found["node"], found["history"][-2]["what"]) == (root, "pending: its node has left")
        assert reader.counts().conserved


def test_after_the_orchestrator_was_killed_the_tasks_can_be_taken_up(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, task_time=600, rebalance_interval=0) as lab:
        root = lab.topology.root
        ids = lab.post("/tasks", {"node": root.name, "count": 20})["tasks"]
        lab.until(lambda: lab.get("/status")["tasks"]["running"], lambda running: running == root.cpu)
        pids = processes(lab)
        lab.process.kill()
        wait_gone(pids)
    with live_lab(tmp_path, TOPOLOGY, task_time=600, rebalance_interval=0) as lab:
        assert lab.get("/status")["tasks"]["submitted"] == 0
        lab.process.terminate()
        said = lab.process.communicate()[0]
        assert "the last run did not end well and left 20 tasks unfinished" in said
        assert "topowave up --resume" in said
    with (
        live_lab(tmp_path, TOPOLOGY, "--resume", task_time=0.05, rebalance_interval=0) as lab,
        journal_reader(tmp_path) as reader,
    ):
        more = lab.post("/tasks", {"node": root.name, "count": 5})["tasks"]
        assert not set(more) & set(ids)
        lab.until(reader.counts, lambda counts: counts.completed == 25)
        found = all_tasks(reader)
        assert [task["id"] for task in found] == ids + more
        for task in found:
            assert_run_once_or_said_so(task)
        assert sum(task["attempts"] == 2 for task in found) == root.cpu
