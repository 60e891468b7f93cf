"""The real lab, started by the real command in a process of its own, on ports of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.ports import neighbouring_ports
from tests.support.waiting import PATIENCE_S, until, wait_gone
from topowave.topology import Topology, read_topology

ROOT = Path(__file__).parents[2]
_NO_IDLE = httpx.Limits(max_keepalive_connections=0)
PATIENT: dict[str, Any] = {"wave_timeout": 60, "probe_after": 30, "probe_timeout": 30}
"""Settings of a lab whose waves are to be complete: nobody is given up who is only slow, on a busy machine.

Who has died is given up at once all the same, since its links break; who is stopped is waited for.
"""
ASKING: dict[str, Any] = {"timeout": PATIENCE_S, "trust_env": False}
"""How a test asks a server by HTTP; of itself httpx waits for 5 s only."""
USUAL_BALANCER, USUAL_PAGE, USUAL_BASE = 7999, 3000, 8000


@dataclass
class LiveLab:
    """A running lab.

    Attributes:
        process: the orchestrator.
        topology: what it runs, on its own ports.
        balancer: the balancer's address.
        http: a client for it.
        base_port, balancer_port, page_port: where it listens.
        token: what it asks for, if other machines can reach it.
    """

    process: subprocess.Popen[str]
    topology: Topology
    http: httpx.Client
    base_port: int
    balancer_port: int
    page_port: int
    token: str | None = None

    @property
    def balancer(self) -> str:
        return f"http://127.0.0.1:{self.balancer_port}"

    def get(self, path: str) -> Any:
        """Return what the balancer answers to a GET, which must be a success."""
        return _success(self.http.get(self.balancer + path))

    def post(self, path: str, body: object = None) -> Any:
        """Return what the balancer answers to a POST, which must be a success."""
        return _success(self.http.post(self.balancer + path, json=body))

    def wave(self, id: str) -> dict[str, Any]:
        """Return a wave that is over."""
        found: dict[str, Any] = self.until(
            lambda: self.get(f"/waves/{id}"), lambda wave: wave["state"] != "running"
        )
        return found

    def cancel_tasks(self) -> None:
        """Cancel every task that is not over."""

        def loads() -> list[int]:
            after: str | None = None
            while True:  # a page of them
                done = self.post("/tasks/bulk", {"action": "cancel", "filter": {}, "after": after})
                if (after := done["next"]) is None:
                    break
            return [node["assigned"] + node["running"] for node in self.get("/status")["nodes"]]

        self.until(loads, _all_idle)

    def until(self, ask: Callable[[], Any], holds: Callable[[Any], object] = bool) -> Any:
        """Ask again and again until the answer is as wanted; returns it."""
        return until(ask, holds)

    def pid(self, name: str) -> int | None:
        """Return the process that runs a node."""
        found: int | None = self._node(name)["pid"]
        return found

    def balancer_pid(self) -> int:
        """Return the balancer's process: the eldest that runs no node, whatever number it was given."""
        nodes = {node["pid"] for node in self.get("/status")["nodes"]}
        return next(pid for pid in children_of(self.process.pid) if pid not in nodes)

    def until_back(self, name: str, killed: int | None) -> None:
        """Wait until a node is up in another process than the one killed; nobody need have seen it down."""
        self.until(lambda: self._node(name), lambda node: node["state"] == "up" and node["pid"] != killed)

    def kill_balancer(self) -> None:
        """Have the balancer kill itself, and wait until the next one answers.

        The old one answers before it dies; so it has to be gone before anybody is asked again.
        """
        killed = self.balancer_pid()
        self.post("/balancer/kill")
        wait_gone([killed])
        self.until(self._answers, bool)

    def _answers(self) -> bool:
        try:
            return self.http.get(f"{self.balancer}/status").is_success
        except httpx.TransportError:
            return False

    def _node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(node for node in self.get("/status")["nodes"] if node["name"] == name)
        return found

    def on_own_ports(self, text: str) -> str:
        """Return `text` with the usual ports replaced by this lab's."""
        return _replaced(text, dict(self._port_pairs()))

    def on_usual_ports(self, text: str) -> str:
        """Return `text` with this lab's ports replaced by the usual ones."""
        return _replaced(text, {own: usual for usual, own in self._port_pairs()})

    def _port_pairs(self) -> list[tuple[int, int]]:
        nodes = [(USUAL_BASE + i, self.base_port + i) for i in range(len(self.topology.nodes))]
        return [(USUAL_BALANCER, self.balancer_port), (USUAL_PAGE, self.page_port), *nodes]


def children_of(pid: int) -> list[int]:
    """Return the processes that the main thread of a process has started, the eldest first."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _success(answer: httpx.Response) -> Any:
    asked = answer.request
    assert answer.is_success, f"{asked.method} {asked.url}: {answer.status_code} {answer.text}"
    return answer.json()


def _all_idle(loads: list[int]) -> bool:
    return not any(loads)


def _replaced(text: str, table: dict[int, int]) -> str:
    numbers = "|".join(map(str, table))
    return re.sub(rf"(?<!\d)({numbers})(?!\d)", lambda found: str(table[int(found[1])]), text)


@contextmanager
def live_lab(
    folder: Path,
    topology: Path,
    *options: str,
    inside: Sequence[str] = (),
    settled: Collection[str] = (),
    at: Path = ROOT,
    room: int = 0,
    **settings: object,
) -> Generator[LiveLab]:
    """Run `topowave up` on a topology file, moved to free ports, until the context ends; then Ctrl-C.

    Args:
        folder: where the files of this lab go.
        topology: the topology; its ports are replaced.
        options: further options of the command.
        inside: a command that becomes the one that it is given, in other circumstances.
        settled: states besides `up` in which a node need not be waited for.
        at: where the command runs, and where the lab looks for reports of experiments.
        room: how many nodes it may have later; their ports are beside each other, and must be nobody else's.
        settings: further settings for its config.json.
    """
    nodes = len(read_topology(topology).nodes)
    balancer_port = neighbouring_ports(2 + max(nodes, room))  # all at once, so that none is meant twice
    page_port, base_port = balancer_port + 1, balancer_port + 2
    data = json.loads(topology.read_text("utf-8"))
    ports = iter(range(base_port, base_port + nodes))
    _move(data, ports)
    files = folder / "topology.json", folder / "config.json"
    files[0].write_text(json.dumps(data), "utf-8")
    config = {"balancer_port": balancer_port, "page_port": page_port, **settings}
    files[1].write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "topowave", "up", "--topology", str(files[0]), "--config", str(files[1])]
    locked = "host" in settings
    process = subprocess.Popen(
        [*inside, *command, *options, *(["--json"] if locked else [])],
        cwd=at,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        token = _token(process) if locked else None
        headers = {"Authorization": f"Bearer {token}"} if token else None
        with httpx.Client(timeout=PATIENCE_S, trust_env=False, limits=_NO_IDLE, headers=headers) as http:
            lab = LiveLab(process, read_topology(files[0]), http, base_port, balancer_port, page_port, token)
            _wait_until_up(lab, settled)
            yield lab
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _token(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return str(json.loads(process.stdout.readline())["token"])


def _wait_until_up(lab: LiveLab, settled: Collection[str]) -> None:
    def states() -> list[str]:
        assert lab.process.poll() is None, lab.process.communicate()[0]
        try:
            return [node["state"] for node in lab.get("/status")["nodes"]]
        except httpx.TransportError:
            return []

    lab.until(states, lambda found: bool(found) and set(found) <= {"up", "foreign", *settled})


def _move(node: dict[str, Any], ports: Iterator[int]) -> None:
    node["port"] = next(ports)
    for child in node.get("children", []):
        _move(child, ports)
