"""Processes are killed and stopped under load: waves end complete or name who is missing, and the lab mends.

TOPOWAVE_FAULT_ROUNDS sets how often each is done to the whole lab, at 12 rounds for one; tests do it once.
"""

from __future__ import annotations

import operator
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.watching import Record, Watched, wait_complete, watching
from tests.live.survivors import processes, state
from tests.support.live_lab import ROOT, LiveLab, live_lab

ROUNDS = max(1, int(os.environ.get("TOPOWAVE_FAULT_ROUNDS", "12")) // 12)
TOPOLOGY = ROOT / "topology.json"
LOAD = 200
QUICK: dict[str, Any] = {
    "task_time": 0.2,
    "rebalance_interval": 0.5,
    "wave_timeout": 4,
    "probe_after": 0.2,
    "probe_timeout": 0.5,
}
PATIENT_PROBES: dict[str, Any] = {"wave_timeout": 60, "probe_timeout": 30}
"""Nobody is given up who is only slow; whose links are down is given up soon all the same."""
NOT_HASTY: dict[str, Any] = {"wave_timeout": 20, "probe_timeout": 3}
"""What is not enough to give those up too who are only slow, where it is told who alone may be missing."""
RESTARTS_NOT_TOO_OFTEN = 4
"""A process that dies six times within a minute is given up."""


def is_there(lab: LiveLab, pid: int) -> bool:
    """Whether a process of the lab is the one with this id."""
    return pid in processes(lab)


def load(lab: LiveLab) -> None:
    """Give the lab tasks for some seconds, beginning where it hurts."""
    lab.post("/tasks", {"node": lab.topology.nodes[0].name, "count": LOAD})


def all_up(lab: LiveLab, restarts: int | None = None) -> None:
    """Wait until every node is up."""

    def nodes() -> list[tuple[str, int]]:
        try:
            return [(node["state"], node["restarts"]) for node in lab.get("/status")["nodes"]]
        except httpx.HTTPError:
            return []

    found = lab.until(nodes, lambda seen: bool(seen) and {state for state, _ in seen} == {"up"})
    assert restarts is None or sum(times for _, times in found) == restarts


def all_done(lab: LiveLab, submitted: int) -> None:
    """Wait until every task that was submitted is done."""
    law = lab.until(
        lambda: lab.get("/status")["tasks"], lambda law: law is not None and law["completed"] == submitted
    )
    assert (law["lawful"], law["failed"], law["cancelled"]) == (True, 0, 0)


@pytest.mark.timeout(120 * ROUNDS + 180)
def test_every_node_is_killed_in_turn_under_load(tmp_path: Path, record_property: Record) -> None:
    total = Watched()
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        names = [node.name for node in lab.topology.nodes]
        done = 0
        for _ in range(min(ROUNDS, RESTARTS_NOT_TOO_OFTEN)):
            load(lab)
            with watching(lab) as seen:
                for name in names:
                    pid = lab.pid(name)
                    assert pid is not None
                    os.kill(pid, signal.SIGKILL)
                    done += 1
                    lab.until_back(name, pid)
                    lab.until(lambda: seen.waves, partial(operator.lt, seen.waves))
            assert seen.missing <= set(names)
            total.add(seen)
            wait_complete(lab)
        record_property("times", done)
        record_property("seen", f"{total}; all {LOAD * min(ROUNDS, RESTARTS_NOT_TOO_OFTEN)} tasks completed")
        all_up(lab, restarts=done)
        all_done(lab, LOAD * min(ROUNDS, RESTARTS_NOT_TOO_OFTEN))


@pytest.mark.timeout(120 * ROUNDS + 180)
def test_half_the_tree_is_killed_at_once(tmp_path: Path, record_property: Record) -> None:
    total = Watched()
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        half = [node.name for node in lab.topology.nodes][1::2]
        rounds = min(ROUNDS, RESTARTS_NOT_TOO_OFTEN)
        for number in range(rounds):
            load(lab)
            with watching(lab) as seen:
                pids = [node["pid"] for node in lab.get("/status")["nodes"] if node["name"] in half]
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                expected = len(half) * (number + 1)
                lab.until(
                    lambda: sum(node["restarts"] for node in lab.get("/status")["nodes"]),
                    expected.__eq__,
                )
                all_up(lab, restarts=expected)
            total.add(seen)
            wait_complete(lab)
        record_property("times", rounds)
        record_property("seen", f"{total}; all {LOAD * rounds} tasks completed")
        all_done(lab, LOAD * rounds)


@pytest.mark.timeout(120 * ROUNDS + 180)
def test_a_balancer_that_is_killed_under_load_finds_its_nodes_again(
    tmp_path: Path, record_property: Record
) -> None:
    total = Watched()
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        before = {node["name"]: node["pid"] for node in lab.get("/status")["nodes"]}
        rounds = min(ROUNDS, RESTARTS_NOT_TOO_OFTEN)
        for _ in range(rounds):
            load(lab)
            with watching(lab) as seen:
                balancer = lab.balancer_pid()
                os.kill(balancer, signal.SIGKILL)
                lab.until(partial(is_there, lab, balancer), operator.not_)
                all_up(lab, restarts=0)
            total.add(seen)
            wait_complete(lab)
        assert {node["name"]: node["pid"] for node in lab.get("/status")["nodes"]} == before
        record_property("times", rounds)
        record_property("seen", f"{total}; no node restarted; all {LOAD * rounds} tasks completed")
        all_done(lab, LOAD * rounds)


@pytest.mark.timeout(120 * ROUNDS + 180)
def test_a_node_that_is_stopped_is_named_and_takes_part_when_it_goes_on(
    tmp_path: Path, record_property: Record
) -> None:
    total = Watched()
    with live_lab(tmp_path, TOPOLOGY, **(QUICK | NOT_HASTY)) as lab:
        chosen = [lab.topology.nodes[-1], next(node for node in lab.topology.nodes[1:] if node.children)]
        for _ in range(ROUNDS):
            for node in chosen:
                load(lab)
                lab.post(f"/nodes/{node.name}/stop")
                lab.until(state(lab, node.name), lambda found: found == "stopped")
                wave = lab.wave(lab.get("/echo_ws")["wave"])
                assert (wave["state"], node.name in wave["missing"]) == ("incomplete", True)
                assert set(wave["missing"]) <= below(lab, node.name)
                lab.post(f"/nodes/{node.name}/continue")
                wait_complete(lab)
                total.incomplete += 1
        record_property("times", total.incomplete)
        record_property(
            "seen", f"{total.incomplete} waves named it and nobody outside its subtree; complete after each"
        )
        all_up(lab, restarts=0)


def below(lab: LiveLab, name: str) -> set[str]:
    """A node and all nodes below it, whom a wave cannot reach without it."""
    found, waiting = set[str](), [name]
    while waiting:
        found.add(waiting[-1])
        waiting.extend(lab.topology.node(waiting.pop()).children)
    return found
