"""The processes and ports of a lab, and the states of its nodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.live_lab import LiveLab


def processes(lab: LiveLab) -> list[int]:
    """Every process of a lab but the orchestrator."""
    listing = Path(f"/proc/{lab.process.pid}/task/{lab.process.pid}/children")
    return [int(pid) for pid in listing.read_text().split()]


def ports(lab: LiveLab) -> list[int]:
    """Every port that a lab holds."""
    return [lab.balancer_port, lab.page_port, *(node.port for node in lab.topology.nodes)]


def state(lab: LiveLab, name: str) -> Callable[[], str]:
    """How the balancer sees a node."""
    return lambda: next(node["state"] for node in lab.get("/status")["nodes"] if node["name"] == name)
