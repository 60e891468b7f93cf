"""Three agents on this machine run a part of a lab: whoever dies, nothing is lost and nothing runs twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import PATIENT, ROOT, LiveLab, live_lab
from tests.support.ports import neighbouring_ports
from tests.support.waiting import PATIENCE_S, until

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [{"name": "amber", "port": 2, "cpu": 2}, {"name": "basil", "port": 3, "cpu": 2}],
}
HEARTBEAT_S = 2.0
"""Of the agents (s); a lease is three of them, which a busy machine keeps, and the lab waits for one more."""
ROOM = 30
"""Ports of each agent."""


@contextmanager
def agent(lab: LiveLab, name: str, port: int) -> Generator[subprocess.Popen[bytes]]:
    """Run an agent of the lab on this machine until the context ends."""
    options = {
        "--controller": lab.balancer,
        "--name": name,
        "--node-ip": "127.0.0.1",
        "--port": str(port),
        "--heartbeat": str(HEARTBEAT_S),
    }
    command = [
        sys.executable,
        "-m",
        "topowave",
        "agent",
        *(part for pair in options.items() for part in pair),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def agents_alive(lab: LiveLab) -> set[str]:
    """Return the names of the agents that are alive."""
    return {each["name"] for each in lab.get("/agents")["agents"] if each["state"] == "alive"}


def replicas(lab: LiveLab) -> dict[str, dict[str, Any]]:
    """Return what the lab says of each node, with its process."""
    status = lab.get("/status")
    pids = {node["name"]: node["pid"] for node in status["nodes"]}
    return {each["name"]: {**each, "pid": pids[each["name"]]} for each in status["replicas"]}


def all_up(found: dict[str, dict[str, Any]], count: int) -> bool:
    return len(found) == count and all(each["state"] == "up" for each in found.values())


def is_gone(pid: int) -> bool:
    """Whether a process has ended, or only waits for its parent to notice."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def assert_each_runs_once(lab: LiveLab, count: int) -> dict[str, dict[str, Any]]:
    """Wait until all nodes are up; each has a process and a port of its own then, and serves there."""
    found: dict[str, dict[str, Any]] = lab.until(lambda: replicas(lab), lambda now: all_up(now, count))
    assert len({each["port"] for each in found.values()}) == count
    pids = [each["pid"] for each in found.values()]
    assert len(set(pids)) == count
    assert not any(map(is_gone, pids))
    return found


def assert_echo_is_complete(lab: LiveLab, count: int) -> None:
    """An echo wave reaches every node."""
    wave = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    assert (wave["state"], wave["nodes"], wave["messages"]) == ("complete", count, 2 * count - 2), wave


def moved_from(lab: LiveLab, name: str, before: dict[str, dict[str, Any]]) -> None:
    """Wait until the nodes of an agent run elsewhere; nothing of them runs there by then."""
    there = {node: each["pid"] for node, each in before.items() if each["agent"] == name}
    assert there
    waiting = set(there)

    def look() -> set[str]:
        now = replicas(lab)
        for node in list(waiting):
            if now[node]["agent"] != name:
                assert is_gone(there[node]), f"{node} runs on {name} and on {now[node]['agent']}"
                waiting.discard(node)
        return waiting

    until(look, lambda left: not left)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_agents_that_die_lose_nothing_and_no_node_runs_twice(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with ExitStack() as stack:
        lab = stack.enter_context(live_lab(tmp_path, tmp_path / "tree.json", task_time=0.3, **PATIENT))
        names = ("east", "north", "west")
        first = {name: neighbouring_ports(ROOM) for name in names}
        run = {name: stack.enter_context(agent(lab, name, first[name])) for name in names}
        lab.until(lambda: agents_alive(lab), lambda found: found == set(names))

        # Twelve nodes: the nine new ones on the three agents, the fewest first, at the ports of each.
        lab.post("/deploy", {"replicas": 12})
        before = assert_each_runs_once(lab, 12)
        for name in names:
            ports = [each["port"] for each in before.values() if each["agent"] == name]
            assert sorted(ports) == list(range(first[name], first[name] + 3))
        assert_echo_is_complete(lab, 12)

        # A node that dies on an agent is started again there, under its own name and port.
        victim = next(each for each in before.values() if each["agent"] == "north")
        os.kill(victim["pid"], signal.SIGKILL)
        lab.until_back(victim["name"], victim["pid"])
        again = replicas(lab)[victim["name"]]
        assert (again["agent"], again["port"]) == ("north", victim["port"])

        # An agent that dies takes its nodes with it; they go on elsewhere, with their tasks.
        lab.post("/tasks", {"count": 120})
        before = assert_each_runs_once(lab, 12)
        run["east"].kill()
        moved_from(lab, "east", before)
        after = assert_each_runs_once(lab, 12)
        assert {each["agent"] for each in after.values()} == {None, "north", "west"}
        assert_echo_is_complete(lab, 12)

        # The balancer, through which all of this is said, dies with another one of them.
        before = after
        lab.post("/tasks", {"count": 120})
        run["north"].kill()
        lab.kill_balancer()
        moved_from(lab, "north", before)
        after = assert_each_runs_once(lab, 12)
        stays = [name for name, each in before.items() if each["agent"] == "west"]
        assert {name: after[name]["pid"] for name in stays} == {name: before[name]["pid"] for name in stays}
        assert_echo_is_complete(lab, 12)

        counts = lab.until(lambda: lab.get("/status")["tasks"], lambda found: found["completed"] == 240)
        assert (counts["submitted"], counts["lawful"]) == (240, True)

        # One that ends in order gives its nodes back at once, here to the lab's own machine.
        before = after
        run["west"].terminate()
        moved_from(lab, "west", before)
        after = assert_each_runs_once(lab, 12)
        assert {each["agent"] for each in after.values()} == {None}
        assert run["west"].wait(PATIENCE_S) == 0
        assert_echo_is_complete(lab, 12)


@pytest.mark.slow
def test_a_lab_that_ends_has_its_agents_end_what_they_run(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with ExitStack() as stack:
        lab = stack.enter_context(live_lab(tmp_path, tmp_path / "tree.json"))
        outside = stack.enter_context(agent(lab, "east", neighbouring_ports(ROOM)))
        lab.until(lambda: agents_alive(lab), lambda found: found == {"east"})
        lab.post("/deploy", {"replicas": 5})
        pids = [each["pid"] for each in assert_each_runs_once(lab, 5).values()]
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(PATIENCE_S) == 0
        assert all(map(is_gone, pids))  # the lab has waited for the agent's word, and not for its lease
        assert outside.poll() is None  # it waits for the next lab
