"""A node that crashes at every start, and ports that somebody wants between two starts."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx

from tests.faults.test_processes import PATIENT_PROBES, QUICK, below
from tests.faults.watching import Record, wait_complete, watching
from tests.live.survivors import state
from tests.support.live_lab import ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S
from topowave.topology import read_topology

TOPOLOGY = ROOT / "topology.json"
LISTENING = 5


def test_a_node_that_crashes_at_every_start_is_given_up_and_the_others_go_on(
    tmp_path: Path, record_property: Record
) -> None:
    leaf = read_topology(TOPOLOGY).nodes[-1].name
    inside = [sys.executable, "-m", "tests.faults.inside", f"crash:{leaf}", "--"]
    with live_lab(tmp_path, TOPOLOGY, inside=inside, settled={"failed"}, **(QUICK | PATIENT_PROBES)) as lab:
        assert state(lab, leaf)() == "failed"
        with watching(lab) as seen:
            lab.until(lambda: seen.waves, lambda waves: waves >= 3)
        assert (seen.complete, seen.missing) == (0, below(lab, leaf))
        record_property(
            "seen", f"given up; {seen.incomplete} waves named it and nobody else; 20 tasks completed"
        )
        others = [node for node in lab.get("/status")["nodes"] if node["name"] != leaf]
        assert {(node["state"], node["restarts"]) for node in others} == {("up", 0)}
        lab.post("/tasks", {"node": others[0]["name"], "count": 20})
        lab.until(lambda: lab.get("/status")["tasks"], lambda law: law["completed"] == 20 and law["lawful"])
        refused = lab.http.post(f"{lab.balancer}/tasks", json={"node": leaf})
        assert refused.status_code == 504


def test_the_port_of_a_node_cannot_be_taken_while_it_is_being_started_again(
    tmp_path: Path, record_property: Record
) -> None:
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        leaf = lab.topology.nodes[-1]
        tries, taken = 0, 0
        for number in range(3):
            lab.post(f"/nodes/{leaf.name}/kill")
            back = threading.Event()

            def wait_for_it(restarts: int = number + 1, back: threading.Event = back) -> None:
                with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:
                    node = {"restarts": 0, "state": ""}
                    while (node["restarts"], node["state"]) != (restarts, "up"):
                        node = http.get(f"{lab.balancer}/status").json()["nodes"][-1]
                back.set()

            waiting = threading.Thread(target=wait_for_it)
            waiting.start()
            while not back.is_set():
                tries += 1
                taken += not _is_refused(leaf.port)
            waiting.join()
        assert tries > 10
        record_property("times", tries)
        record_property("seen", f"refused {tries - taken} times in 3 restarts")
        assert taken == 0
        wait_complete(lab)


def _is_refused(port: int) -> bool:
    """Try to take a port as another program would."""
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            thief.bind(("127.0.0.1", port))
            thief.listen(LISTENING)
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def test_a_port_that_was_taken_between_two_starts_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    with live_lab(tmp_path, TOPOLOGY, **QUICK) as lab:
        node = lab.topology.nodes[2]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", node.port))
        other.listen()
        again = up_again(tmp_path)
        assert again.returncode == 1
        assert f"port {node.port} (node {node.name}) is in use by another program" in again.stderr
        assert again.stderr.endswith("nothing was started\n")
        assert _nobody_listens(lab)


def up_again(folder: Path) -> subprocess.CompletedProcess[str]:
    files = ["--topology", str(folder / "topology.json"), "--config", str(folder / "config.json")]
    command = [sys.executable, "-m", "topowave", "up", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def _nobody_listens(lab: LiveLab) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", lab.balancer_port)) != 0
