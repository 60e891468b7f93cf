"""Agents of a lab as processes of their own, and a look whether two processes ever run one node."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.live_lab import ROOT, LiveLab, children_of
from tests.support.ports import neighbouring_ports
from tests.support.waiting import PATIENCE_S, until, wait_gone

HEARTBEAT_S = 2.0
"""So long after the end of a lease others wait, which is as long as a busy machine may stand still (s)."""
NODES = 20
"""Ports that an agent's nodes may have."""


@dataclass
class Agent:
    """One agent: its process, and the processes that it has."""

    name: str
    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        return self.process.pid

    def children(self) -> list[int]:
        """Its link and the nodes that it runs, the eldest first; none where it is gone."""
        with suppress(OSError):
            return children_of(self.pid)
        return []

    def link(self, lab: LiveLab) -> int:
        """The process that speaks with the balancer."""
        nodes = {node["pid"] for node in lab.get("/status")["nodes"]}
        return next(pid for pid in self.children() if pid not in nodes)

    def kill(self) -> list[int]:
        """Kill it, and wait until all that it ran is gone; returns what that was."""
        left = self.children()
        self.process.kill()
        self.process.communicate()
        wait_gone(left)
        return left


@contextmanager
def agents(lab: LiveLab, *names: str) -> Generator[list[Agent]]:
    """Run agents that are part of a lab, until the context ends."""
    started = [_start(lab, name) for name in names]
    try:
        until(lambda: states(lab), lambda found: found == dict.fromkeys(names, "alive"))
        yield started
    finally:
        for agent in started:
            with suppress(ProcessLookupError):
                os.kill(agent.pid, signal.SIGCONT)
            agent.process.send_signal(signal.SIGINT)
            try:
                agent.process.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                agent.kill()


def _start(lab: LiveLab, name: str) -> Agent:
    options = ["--name", name, "--port", str(neighbouring_ports(NODES)), "--heartbeat", f"{HEARTBEAT_S:g}"]
    command = [sys.executable, "-m", "topowave", "agent", "--controller", lab.balancer, *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return Agent(
        name, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, text=True)
    )


def states(lab: LiveLab) -> dict[str, str]:
    """What the lab says of its agents; nothing while it has no balancer."""
    try:
        return {agent["name"]: agent["state"] for agent in lab.get("/agents")["agents"]}
    except httpx.HTTPError:
        return {}


def on_agent(lab: LiveLab, name: str) -> list[str]:
    """The nodes that an agent runs; none while nobody says."""
    try:
        replicas = lab.get("/status")["replicas"]
    except httpx.HTTPError:
        return []
    return [replica["name"] for replica in replicas if replica["agent"] == name]


@dataclass
class OnlyOnce:
    """Which processes have run each node, and what was seen of two at a time."""

    ran: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])
    twice: list[str] = field(default_factory=list[str])
    looks: int = 0

    def look(self, nodes: list[dict[str, Any]]) -> None:
        """Hold the processes of the nodes against all that ran them before: none of these may be there."""
        self.looks += 1
        for node in nodes:
            name, pid = node["name"], node["pid"]
            if pid is None:
                continue
            ran = self.ran.setdefault(name, {})
            born = _born(pid)
            if born is not None:
                ran.setdefault(pid, born)
            alive = [other for other, since in ran.items() if other != pid and _born(other) == since]
            if alive and born is not None:
                self.twice.append(f"{name} is run by {pid}, and by {alive} still")


def _born(pid: int) -> str | None:
    """When a process began; None where it is gone, or has ended and was not looked after yet."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in "ZX" else after_name[19]


@contextmanager
def no_node_runs_twice(lab: LiveLab) -> Generator[OnlyOnce]:
    """Look all the time at the processes of all nodes; in the end, none was ever run by two."""
    seen, over = OnlyOnce(), threading.Event()

    def watch() -> None:
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:
            while not over.wait(0.02):
                with suppress(httpx.HTTPError):
                    seen.look(http.get(f"{lab.balancer}/status").raise_for_status().json()["nodes"])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
    assert seen.twice == []
    assert seen.looks > 0
