"""The processes and ports of a lab, and the states of its nodes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.support.live_lab import LiveLab, children_of


def processes(lab: LiveLab) -> list[int]:
    """Every process of a lab but the orchestrator, the eldest first."""
    return children_of(lab.process.pid)


def all_children_of(pid: int) -> list[int]:
    """The processes that any thread of a process has started; threads may end meanwhile."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, children.read_text().split())
    return found


def ports(lab: LiveLab) -> list[int]:
    """Every port that a lab holds."""
    return [lab.balancer_port, lab.page_port, *(node.port for node in lab.topology.nodes)]


def state(lab: LiveLab, name: str) -> Callable[[], str]:
    """How the balancer sees a node."""
    return lambda: next(node["state"] for node in lab.get("/status")["nodes"] if node["name"] == name)
