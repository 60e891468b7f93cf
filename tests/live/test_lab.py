"""The whole lab, real processes and all, does what its users expect."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live_lab import PATIENT, ROOT, LiveLab, live_lab

Tree = dict[str, Any]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab on the repository's topology, whose tasks last and which rebalances only when told."""
    folder = tmp_path_factory.mktemp("lab")
    with live_lab(folder, ROOT / "topology.json", rebalance_interval=0, task_time=600, **PATIENT) as running:
        yield running


def names(tree: Tree) -> list[str]:
    return [tree["name"], *(name for child in tree["children"] for name in names(child))]


def loads(lab: LiveLab) -> dict[str, int]:
    return {node["name"]: node["assigned"] + node["running"] for node in lab.get("/status")["nodes"]}


def settled_loads(lab: LiveLab, total: int) -> dict[str, int]:
    """The loads as soon as the nodes have reported `total` tasks in all."""
    found: dict[str, int] = lab.until(lambda: loads(lab), lambda seen: sum(seen.values()) == total)
    return found


def test_an_echo_wave_brings_the_tree_with_twice_as_many_messages_as_links(lab: LiveLab) -> None:
    tree = lab.get("/echo")
    assert names(tree) == [node.name for node in lab.topology.nodes]
    wave = lab.wave(lab.get("/echo_ws")["wave"])
    assert wave["state"] == "complete"
    assert wave["messages"] == wave["bound"] == 2 * len(lab.topology.links)
    assert wave["deciders"] == ["root"]


def test_both_finns_add_one_task_to_every_node_at_their_own_price(lab: LiveLab) -> None:
    nodes = len(lab.topology.nodes)
    before = loads(lab)
    lab_course = lab.wave(lab.get("/finn_ws")["wave"])
    assert (lab_course["algorithm"], lab_course["messages"]) == ("finn-lab", nodes - 1)
    after = settled_loads(lab, sum(before.values()) + nodes)
    assert after == {name: load + 1 for name, load in before.items()}
    full = lab.wave(lab.get("/finn_ws?algorithm=finn-full")["wave"])
    assert full["algorithm"] == "finn-full"
    assert nodes - 1 < full["messages"] <= full["bound"]
    assert sorted(full["deciders"]) == sorted(before)
    assert settled_loads(lab, sum(after.values()) + nodes) == {name: load + 1 for name, load in after.items()}


def test_fifty_waves_at_once_all_come_back_exact(lab: LiveLab) -> None:
    with ThreadPoolExecutor(50) as pool:
        trees = list(pool.map(lab.get, ["/echo"] * 50))
    assert [names(tree) for tree in trees] == [[node.name for node in lab.topology.nodes]] * 50


def test_a_stopped_node_is_named_and_hangs_nothing(tmp_path: Path) -> None:
    with live_lab(
        tmp_path, ROOT / "topology.json", rebalance_interval=0, wave_timeout=20, probe_timeout=5
    ) as lab:
        _name_who_is_stopped(lab)


def _name_who_is_stopped(lab: LiveLab) -> None:
    inner = next(node for node in lab.topology.nodes[1:] if node.children)
    below = {inner.name, *_descendants(lab, inner.name)}
    pid = next(node["pid"] for node in lab.get("/status")["nodes"] if node["name"] == inner.name)
    os.kill(pid, signal.SIGSTOP)
    try:
        wave = lab.wave(lab.get("/echo_ws")["wave"])
        assert (wave["state"], set(wave["missing"])) == ("incomplete", below)
    finally:
        os.kill(pid, signal.SIGCONT)
    lab.until(lambda: lab.get("/status")["states"], lambda states: set(states) == {"up"})
    everybody = [node.name for node in lab.topology.nodes]
    lab.until(lambda: names(lab.get("/echo")), lambda found: found == everybody)


def test_a_killed_node_is_started_again_and_takes_part(lab: LiveLab) -> None:
    leaf = lab.topology.nodes[-1].name
    before = loads(lab)
    pid = next(node["pid"] for node in lab.get("/status")["nodes"] if node["name"] == leaf)
    os.kill(pid, signal.SIGKILL)

    def node() -> dict[str, Any]:
        return next(node for node in lab.get("/status")["nodes"] if node["name"] == leaf)

    lab.until(node, lambda found: found["state"] == "up" and found["pid"] != pid and found["restarts"] == 1)
    wave = lab.until(lambda: lab.wave(lab.get("/echo_ws")["wave"]), lambda wave: wave["state"] == "complete")
    assert wave["messages"] == 2 * len(lab.topology.links)
    assert settled_loads(lab, sum(before.values())) == before


def test_tasks_spread_until_nothing_improves_and_then_stay(lab: LiveLab) -> None:
    leaf = lab.topology.nodes[-1].name
    total = sum(loads(lab).values())
    lab.post("/tasks", {"node": leaf, "count": 100})
    settled_loads(lab, total + 100)
    assert lab.post("/rebalance")["moved"] > 0
    spread = settled_loads(lab, total + 100)
    assert max(spread.values()) < 100
    assert lab.post("/rebalance")["moved"] == 0
    assert loads(lab) == spread


def test_a_network_with_links_replaces_the_tree_without_a_restart(lab: LiveLab) -> None:
    before = lab.get("/status")["version"]
    lab.post("/topology", {"shape": "grid", "nodes": 9, "seed": 1})
    status = lab.until(
        lambda: lab.get("/status"),
        lambda found: found["version"] > before and found["states"] == {"up": 9},
    )
    assert len(status["nodes"]) == 9
    wave = lab.wave(lab.get("/echo_ws")["wave"])
    assert (wave["state"], wave["messages"]) == ("complete", 2 * 12)  # a grid of 3 by 3 has 12 links
    assert lab.wave(lab.get("/finn_ws")["wave"])["messages"] == 8
    lab.post("/topology", {"topology": lab.topology.to_json()})
    lab.until(
        lambda: lab.get("/status"),
        lambda found: (
            found["version"] > status["version"] and found["states"] == {"up": len(lab.topology.nodes)}
        ),
    )


def test_a_topology_that_makes_no_sense_is_refused_and_the_old_one_goes_on(lab: LiveLab) -> None:
    answer = lab.http.post(f"{lab.balancer}/topology", json={"topology": {"name": "root", "port": True}})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert any("port" in problem for problem in answer.json()["problems"])
    assert names(lab.get("/echo")) == [node.name for node in lab.topology.nodes]


def test_ctrl_c_ends_everything_and_frees_every_port(tmp_path: Path) -> None:
    with live_lab(tmp_path, ROOT / "topology.json") as running:
        pids = [node["pid"] for node in running.get("/status")["nodes"]]
        address = running.balancer
    assert running.process.returncode == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def _descendants(lab: LiveLab, name: str) -> list[str]:
    children = lab.topology.node(name).children
    return [*children, *(below for child in children for below in _descendants(lab, child))]
