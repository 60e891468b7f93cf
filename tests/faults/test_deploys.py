"""Whoever dies while a lab grows and shrinks: it comes to its goal, nothing is lost, nothing left over.

TOPOWAVE_FAULT_ROUNDS sets how often each is done, at 12 rounds for the short form, which tests run.
"""

from __future__ import annotations

import json
import operator
import os
import random
import signal
import socket
import threading
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.test_orchestrator import MARKER, session_of
from tests.faults.test_processes import NOT_HASTY, QUICK, all_done, is_there
from tests.faults.watching import Record, Watched, wait_complete, watching
from tests.live.survivors import processes
from tests.support.live_lab import LiveLab, live_lab
from tests.support.waiting import until, wait_gone
from tests.unit.orchestrator.support import assert_free

ROUNDS = max(1, int(os.environ.get("TOPOWAVE_FAULT_ROUNDS", "12")) // 12)
ROOM = 40
LOAD = 60
LEAST, MOST = 3, 12
KILLS = 4
"""How often a process is killed within a minute: not to be given up."""
TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [{"name": "amber", "port": 2, "cpu": 2}, {"name": "basil", "port": 3, "cpu": 2}],
}


@contextmanager
def small_lab(folder: Path, **settings: Any) -> Generator[LiveLab]:
    """A lab of three nodes with room for many."""
    folder.mkdir(exist_ok=True)
    (folder / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with live_lab(folder, folder / "tree.json", room=ROOM, **(QUICK | settings)) as lab:
        yield lab


def asked(lab: LiveLab, path: str) -> dict[str, Any]:
    """What the balancer says; nothing while there is none."""
    try:
        found: dict[str, Any] = lab.get(path)
    except httpx.HTTPError:
        return {}
    return found


def deploy(lab: LiveLab, replicas: int) -> None:
    """Want so many nodes; asked again where the balancer has just died."""

    def heard() -> bool:
        with suppress(httpx.HTTPError):
            return bool(lab.post("/deploy", {"replicas": replicas}))
        return False

    until(heard)


def reach(lab: LiveLab, replicas: int) -> None:
    """Wait until there are so many nodes; then all is as it should be, and nothing of others is left."""
    settled_at(lab, replicas)

    def left_over() -> set[int]:
        own = {node["pid"] for node in lab.get("/status")["nodes"]}
        return set(processes(lab)) - own

    lab.until(left_over, lambda found: len(found) == 1)  # the balancer


def settled_at(lab: LiveLab, replicas: int) -> None:
    """Wait until there are so many nodes, each of which takes tasks, and a wave is complete."""

    def there(found: dict[str, Any]) -> bool:
        numbers = [found.get(each) for each in ("desired_replicas", "actual_replicas", "up")]
        return numbers == [replicas] * 3 and not found["leaving"] and found["phase"] == "settled"

    lab.until(lambda: asked(lab, "/deploy"), there)
    assert {each["active"] for each in lab.get("/executors")["executors"]} == {True}
    wait_complete(lab)


def kill(pids: Collection[int]) -> int:
    """Kill processes; returns how many there were."""
    killed = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


def other_goal(lab: LiveLab, chance: random.Random) -> int:
    """A number of nodes that is not the last one."""
    last = asked(lab, "/deploy").get("desired_replicas")
    return chance.choice([number for number in range(LEAST, MOST + 1) if number != last])


def let_pass(seconds: float) -> None:
    """The moment of the kill is the point of these tests; nothing is waited for."""
    threading.Event().wait(seconds)


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_a_balancer_that_is_killed_amid_a_deploy_goes_on_to_its_goal(
    tmp_path: Path, record_property: Record
) -> None:
    chance, total, tasks = random.Random(11), Watched(), 0
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab:
            for _ in range(KILLS):
                lab.post("/tasks", {"count": LOAD})
                balancer = lab.balancer_pid()
                goal = other_goal(lab, chance)
                with watching(lab) as seen:
                    deploy(lab, goal)
                    let_pass(chance.uniform(0, 2))
                    kill([balancer])
                    lab.until(partial(is_there, lab, balancer), operator.not_)
                    reach(lab, goal)
                total.add(seen)
            all_done(lab, LOAD * KILLS)
            tasks += LOAD * KILLS
    record_property("times", ROUNDS * KILLS)
    told = f"{total.changed} say that the network changed"
    record_property("seen", f"{total}; {told}; all {tasks} tasks completed")


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_nodes_that_are_killed_while_they_join_join_all_the_same(
    tmp_path: Path, record_property: Record
) -> None:
    killed, total = 0, Watched()
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab:
            known = set(processes(lab))
            lab.post("/tasks", {"count": LOAD})
            with watching(lab) as seen:
                deploy(lab, 9)
                for _ in range(KILLS - 1):
                    new = lab.until(partial(_new_processes, lab, known), bool)
                    known |= new
                    killed += kill(new)
                reach(lab, 9)
            total.add(seen)
            all_done(lab, LOAD)
    assert killed > 0
    record_property("times", killed)
    record_property("seen", f"{total}; all joined")


def _new_processes(lab: LiveLab, known: Collection[int]) -> set[int]:
    return set(processes(lab)) - set(known)


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_nodes_that_are_killed_while_they_hand_over_their_tasks_leave_without_losing_any(
    tmp_path: Path, record_property: Record
) -> None:
    killed, total = 0, Watched()
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}", task_time=1) as lab:
            deploy(lab, 8)
            reach(lab, 8)
            lab.post("/tasks", {"count": LOAD})
            with watching(lab) as seen:
                deploy(lab, 3)
                for _ in range(KILLS):
                    leaving = lab.until(lambda: asked(lab, "/deploy"), _someone_leaves_or_all_have)["leaving"]
                    nodes = lab.get("/status")["nodes"]
                    killed += kill([each["pid"] for each in nodes if each["name"] in leaving and each["pid"]])
                reach(lab, 3)
            total.add(seen)
            all_done(lab, LOAD)
    assert killed > 0
    record_property("times", killed)
    record_property("seen", f"{total}; all {LOAD * ROUNDS} tasks completed")


def _someone_leaves_or_all_have(found: dict[str, Any]) -> bool:
    return bool(found["leaving"]) or found["phase"] == "settled"


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_a_node_that_is_stopped_while_it_is_to_leave_says_so_and_leaves_when_it_goes_on(
    tmp_path: Path, record_property: Record
) -> None:
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}", **NOT_HASTY) as lab:
            lab.post("/tasks", {"node": "basil", "count": LOAD})
            lab.post("/nodes/basil/stop")
            with watching(lab) as seen:
                lab.http.delete(f"{lab.balancer}/nodes/basil?wait=0").raise_for_status()
                why = {"basil": "it is stopped: let it continue, or kill it"}
                lab.until(lambda: lab.get("/deploy")["leaving"], why.__eq__)
                lab.until(lambda: seen.missing, bool)  # waves name it, and nobody else
                assert seen.missing == {"basil"}
                lab.post("/nodes/basil/continue")
                reach_without(lab, "basil")
            all_done(lab, LOAD)
    record_property("times", ROUNDS)
    record_property("seen", "the reason was told; it left when it went on, and all its tasks were completed")


def reach_without(lab: LiveLab, name: str) -> None:
    """Wait until a node has left."""
    lab.until(lambda: [node["name"] for node in lab.get("/status")["nodes"]], lambda names: name not in names)
    wait_complete(lab)


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_ports_that_others_take_while_the_lab_grows_do_not_keep_it_from_its_goal(
    tmp_path: Path, record_property: Record
) -> None:
    refused = 0
    for number in range(ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab:
            first = lab.base_port + 3
            with taken(range(first, first + 3)):
                with flickering(range(first + 3, first + 12)):
                    deploy(lab, 9)
                    found = lab.until(lambda: lab.get("/deploy"), _was_refused_or_is_there)
                if found["problem"] is not None:
                    refused += 1
                    assert "port" in found["problem"]
                reach(lab, 9)
                ports = {node["port"] for node in lab.get("/status")["nodes"]}
                assert not ports & set(range(first, first + 3))
    record_property("times", ROUNDS)
    record_property("seen", f"refused {refused} times with the reason; all nodes joined, on other ports")


def _was_refused_or_is_there(found: dict[str, Any]) -> bool:
    return found["problem"] is not None or found["actual_replicas"] == 9


@contextmanager
def taken(ports: Collection[int]) -> Generator[None]:
    """Ports that somebody else listens on."""
    listeners = [socket.create_server(("127.0.0.1", port)) for port in ports]
    try:
        yield
    finally:
        for each in listeners:
            each.close()


@contextmanager
def flickering(ports: Collection[int]) -> Generator[None]:
    """Ports that somebody takes and gives back all the time."""
    over = threading.Event()

    def take_turns() -> None:
        while not over.is_set():
            for port in ports:
                with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                    over.wait(0.001)

    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.timeout(200 * ROUNDS + 200)
def test_nothing_is_left_when_the_orchestrator_is_killed_amid_a_deploy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    chance, killed = random.Random(12), 0
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv(MARKER, str(tmp_path))
    marker = f"{MARKER}={tmp_path}"
    for number in range(2 * ROUNDS):
        with small_lab(tmp_path / f"lab{number}") as lab:
            if number % 2:  # one that shrinks
                deploy(lab, 8)
                reach(lab, 8)
            lab.post("/tasks", {"count": LOAD})
            deploy(lab, LEAST if number % 2 else 9)
            let_pass(chance.uniform(0, 2))
            left = session_of(marker) - {lab.process.pid, os.getpid()}
            killed += len(left)
            lab.process.kill()
            lab.process.wait()
            wait_gone(sorted(left))
            wait_gone(sorted(session_of(marker) - {os.getpid()}))
            every = range(lab.base_port, lab.base_port + ROOM)
            until(partial(_are_free, [lab.balancer_port, lab.page_port, *every]))
            assert list(temporary.iterdir()) == []
    record_property("times", 2 * ROUNDS)
    record_property("seen", f"{killed} other processes ran when it died and none was left; all ports free")


def _are_free(ports: list[int]) -> bool:
    try:
        assert_free(*ports)
    except OSError:
        return False
    return True
