"""A lab on a real Ray cluster of three nodes on this machine: what dies comes back, with its tasks."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.live.survivors import state
from tests.live.tasks import all_tasks, assert_run_once_or_said_so, journal_reader
from tests.support.live_lab import LiveLab, live_lab
from tests.support.ray_nodes import NO_RAY, TOKEN, RayNodes, ray_nodes
from tests.support.waiting import wait_gone
from topowave.topology import generate, write_topology

pytestmark = [NO_RAY, pytest.mark.slow]
NODES = 15
EXACT = ("complete", NODES, 2 * NODES - 2)
TASKS = 120
PATIENT: dict[str, Any] = {"wave_timeout": 60, "probe_after": 30, "probe_timeout": 30}
"""Nobody is given up in a wave who is only slow; and who is gone is missed soon."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayNodes]:
    """Three Ray nodes."""
    with ray_nodes(3) as nodes:
        yield nodes


@pytest.fixture
def joining(cluster: RayNodes, monkeypatch: pytest.MonkeyPatch) -> RayNodes:
    """The cluster, which commands that the test starts may join."""
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    return cluster


def tree(folder: Path) -> Path:
    file = folder / "tree.json"
    write_topology(generate("binary", nodes=NODES, seed=1), file)
    return file


def places(lab: LiveLab) -> dict[str, str]:
    """On which machine each node runs."""
    return {each["name"]: each["node_ip"] for each in lab.get("/status")["replicas"]}


def all_up(lab: LiveLab) -> bool:
    return all(node["state"] == "up" for node in lab.get("/status")["nodes"])


def echo(lab: LiveLab) -> tuple[str, int, int]:
    """What came of an echo wave."""
    wave = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    return wave["state"], wave["nodes"], wave["messages"]


def exact_wave(lab: LiveLab) -> None:
    assert echo(lab) == EXACT


def agents_of(pids: set[int]) -> set[int]:
    """The processes of agents that stand above these processes of nodes."""
    return {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in pids}


def pids(lab: LiveLab) -> set[int]:
    """The processes that run the nodes."""
    return {node["pid"] for node in lab.get("/status")["nodes"]}


def test_a_killed_ray_node_and_a_killed_worker_come_back_elsewhere_with_their_tasks(
    tmp_path: Path, joining: RayNodes
) -> None:
    trace = tmp_path / "trace.jsonl"
    options = ("--ray", joining.address, "--processes", "3", "--trace", str(trace))
    with live_lab(tmp_path, tree(tmp_path), *options, task_time=0.3, **PATIENT) as lab:
        assert set(places(lab).values()) == {node.ip for node in joining.nodes}
        exact_wave(lab)

        # One Ray node is gone, while its nodes have tasks.
        names = [node.name for node in lab.topology.nodes]
        lab.post("/tasks", [{"node": name, "count": TASKS // NODES} for name in names])
        lost = joining.nodes[2]
        gone = {name for name, ip in places(lab).items() if ip == lost.ip}
        assert gone
        lost.kill()
        lab.until(lambda: places(lab), lambda found: lost.ip not in found.values())
        lab.until(lambda: all_up(lab), bool)
        exact_wave(lab)

        # The process of an actor: its agent and its nodes end with it.
        (agent, *_) = agents_of(pids(lab))
        (worker,) = agents_of({agent})
        before = pids(lab)
        os.kill(worker, signal.SIGKILL)
        wait_gone([agent])
        lab.until(lambda: pids(lab), lambda found: None not in found and found != before)
        lab.until(lambda: all_up(lab), bool)

        counts = lab.until(lambda: lab.get("/status")["tasks"], lambda found: found["completed"] == TASKS)
        assert (counts["submitted"], counts["lawful"]) == (TASKS, True)
        exact_wave(lab)
        faults(lab)
        last = pids(lab) | agents_of(pids(lab))
    wait_gone(last)
    with journal_reader(tmp_path) as reader:
        tasks = all_tasks(reader)
    assert len(tasks) == len({task["id"] for task in tasks}) == TASKS
    for task in tasks:
        assert_run_once_or_said_so(task)
    told = [json.loads(line) for line in trace.read_text().splitlines()]
    assert {line.get("node") for line in told} >= {*range(NODES)} or len(told) > NODES


def faults(lab: LiveLab) -> None:
    """What may be done to a node may be done to one on Ray."""
    name = lab.topology.nodes[-1].name

    lab.post(f"/nodes/{name}/stop")
    lab.until(state(lab, name), lambda found: found == "stopped")
    lab.post(f"/nodes/{name}/continue")
    lab.until(state(lab, name), lambda found: found == "up")
    killed = lab.pid(name)
    lab.post(f"/nodes/{name}/kill")
    lab.until_back(name, killed)
    lab.post(f"/nodes/{name}/cut", {"seconds": 0.2})
    assert lab.until(lambda: echo(lab), lambda found: found == EXACT)


def test_nothing_is_left_on_the_cluster_when_the_orchestrator_is_killed(
    tmp_path: Path, joining: RayNodes
) -> None:
    options = ("--ray", joining.address, "--processes", "2")
    with live_lab(tmp_path, tree(tmp_path), *options, **PATIENT) as lab:
        nodes = pids(lab)
        agents = agents_of(nodes)
        assert len(agents) == 2
        lab.process.kill()
        wait_gone([*agents, *nodes])


@pytest.fixture
def own_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let commands start a Ray of their own, whose files are in a folder with a short path."""
    with TemporaryDirectory(prefix="topowave-ray-", ignore_cleanup_errors=True) as folder:
        for name, value in {"RAY_TMPDIR": folder, **TOKEN}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.usefixtures("own_ray")
def test_a_ray_of_the_labs_own_ends_with_it(tmp_path: Path, how: signal.Signals) -> None:
    with live_lab(tmp_path, tree(tmp_path), "--ray", "--processes", "2", **PATIENT) as lab:
        exact_wave(lab)
        started = descendants(lab.process.pid)
        lab.process.send_signal(how)
        wait_gone(started)


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, and those which they have."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        with suppress(FileNotFoundError):
            each = waiting.pop()
            children = Path(f"/proc/{each}/task/{each}/children").read_text().split()
            found += map(int, children)
            waiting += map(int, children)
    return found
