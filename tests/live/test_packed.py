"""Many nodes in few processes: they start, wave, die together and come back, and end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.live.survivors import ports, processes
from tests.support.live_lab import ASKING, PATIENT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S, until, wait_gone
from tests.unit.orchestrator.support import assert_free
from topowave.topology import generate, write_topology

MANY, THOUSAND = 200, 1000


def topology_file(folder: Path, nodes: int) -> Path:
    path = folder / "given.json"
    write_topology(generate("binary", nodes=nodes, seed=1), path)
    return path


def exact_wave(lab: LiveLab) -> dict[str, Any]:
    """Run an echo wave, which must reach everybody at the proven price."""
    wave = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    nodes = len(lab.topology.nodes)
    assert (wave["state"], wave["nodes"], wave["messages"]) == ("complete", nodes, 2 * (nodes - 1))
    return wave


def states(lab: LiveLab) -> dict[str, list[int]]:
    """How many nodes are in each state, and all their restarts."""
    found: dict[str, list[int]] = {}
    for node in lab.get("/status")["nodes"]:
        found.setdefault(node["state"], []).append(node["restarts"])
    return found


def test_two_hundred_nodes_in_two_processes_wave_die_come_back_and_end(tmp_path: Path) -> None:
    with live_lab(
        tmp_path, topology_file(tmp_path, MANY), "--processes", "2", rebalance_interval=0, **PATIENT
    ) as lab:
        pids = processes(lab)
        assert len(pids) == 3
        exact_wave(lab)
        victim = lab.topology.nodes[150].name
        answer = lab.post(f"/nodes/{victim}/kill")
        second_half = [node.name for node in lab.topology.nodes[100:]]
        assert answer["others"] == [name for name in second_half if name != victim]
        lab.until(lambda: states(lab), lambda found: sorted(found.get("up", [])) == [0] * 100 + [1] * 100)
        exact_wave(lab)
        with httpx.Client(**ASKING) as client:  # each has its own port still, and is itself
            for node in lab.topology.nodes[::40]:
                specs = client.get(f"http://127.0.0.1:{node.port}/specs").json()
                assert (specs["name"], len(specs["children"])) == (node.name, len(node.children))
        now = processes(lab)
        assert len(set(now) - set(pids)) == 1
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(PATIENCE_S) == 0
        wait_gone(now, 0)
        assert_free(*ports(lab))


def test_a_node_that_is_stopped_stops_its_process_and_goes_on_with_it(tmp_path: Path) -> None:
    with live_lab(
        tmp_path, topology_file(tmp_path, 12), "--processes", "3", rebalance_interval=0, **PATIENT
    ) as lab:
        name = lab.topology.nodes[5].name
        assert len(lab.post(f"/nodes/{name}/stop")["others"]) == 3
        lab.until(lambda: states(lab), lambda found: len(found.get("stopped", [])) == 4)
        lab.post(f"/nodes/{name}/continue")
        lab.until(lambda: states(lab), lambda found: len(found["up"]) == 12)
        exact_wave(lab)


def test_a_small_network_is_replaced_by_a_large_one_in_as_many_processes(tmp_path: Path) -> None:
    small = topology_file(tmp_path, 3)
    with live_lab(tmp_path, small, "--processes", "2", room=60, rebalance_interval=0, **PATIENT) as lab:
        lab.post("/topology", {"shape": "binary", "nodes": 60, "seed": 2})
        lab.until(lambda: states(lab), lambda found: len(found.get("up", [])) == 60)
        assert len(processes(lab)) == 3
        wave = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
        assert (wave["state"], wave["nodes"], wave["messages"]) == ("complete", 60, 2 * 59)


def test_nothing_is_left_of_packed_nodes_when_the_orchestrator_is_killed(tmp_path: Path) -> None:
    with live_lab(tmp_path, topology_file(tmp_path, MANY), "--processes", "2") as lab:
        pids = processes(lab)
        lab.process.kill()
        wait_gone(pids)
        assert_free(*ports(lab))


def test_a_thousand_nodes_start_wave_and_end(tmp_path: Path, base_port: Callable[[int], int]) -> None:
    base = base_port(THOUSAND + 2)
    network = generate("binary", nodes=THOUSAND, seed=1, base_port=base + 2)
    write_topology(network, tmp_path / "topology.json")
    # On a busy machine a process with five hundred nodes may be silent for longer than a lab usually allows.
    config = PATIENT | {"balancer_port": base, "page_port": base + 1, "rebalance_interval": 0}
    (tmp_path / "config.json").write_text(json.dumps(config))
    process = subprocess.Popen(
        [sys.executable, "-m", "topowave", "up", "--json", "--processes", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert (said["nodes"], said["processes"]) == (THOUSAND, 2)
        pids = [int(pid) for pid in _children(process.pid)]
        with httpx.Client(base_url=f"http://127.0.0.1:{base}", **ASKING) as http:
            wave = http.post("/waves", json={"algorithm": "echo"}).json()["wave"]
            found = until(
                lambda: http.get(f"/waves/{wave}").json(), lambda found: found["state"] != "running"
            )
        assert (found["state"], found["nodes"]) == ("complete", THOUSAND)
        assert found["messages"] == 2 * (THOUSAND - 1)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
        wait_gone(pids, 0)
        assert_free(base, base + 1, base + 2, base + THOUSAND + 1)
    finally:
        process.kill()
        process.communicate()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
