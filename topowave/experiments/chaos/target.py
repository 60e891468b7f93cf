"""The lab that is about to be broken, as it was found: whole, or it is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topowave.client import LabClient, LabError

WHOLE = frozenset({"up", "foreign"})
"""States of the nodes of a lab that is not broken yet."""
NAMED = 5
"""Nodes that a sentence names at most."""


@dataclass(frozen=True)
class ChaosTarget:
    """One lab.

    Attributes:
        balancer: its balancer's address.
        names: all nodes.
        own: the nodes that the lab itself runs; those of somebody else are left alone.
        process: for each of its own nodes, all that share its process.
        cpu: the cores of each of its own nodes.
        cores: how many tasks can run at a time.
        version: of the network; another one means that somebody replaced it.
        task_time_s: how long a task takes (s).
        echo_limit_s: how long an echo wave may take, delays of links and all (s).
        law: how many tasks were in each state.
    """

    balancer: str
    names: tuple[str, ...]
    own: tuple[str, ...]
    process: Mapping[str, tuple[str, ...]]
    cpu: Mapping[str, int]
    cores: int
    version: int
    task_time_s: float
    echo_limit_s: float
    law: dict[str, Any] | None

    @property
    def processes(self) -> list[tuple[str, ...]]:
        """The nodes of each process."""
        return list(dict.fromkeys(self.process.values()))


def find_target(balancer: str) -> ChaosTarget:
    """Ask a lab how it is.

    Raises:
        LabError: none answers, or it is not whole.
    """
    status = LabClient(balancer).status()
    nodes = status["nodes"]
    own = [node for node in nodes if node["state"] == "up"]
    ill = [f"{node['name']} is {node['state']}" for node in nodes if node["state"] not in WHOLE]
    together: dict[int, list[str]] = {}
    for node in own:
        if node["pid"] is not None:
            together.setdefault(node["pid"], []).append(node["name"])
    if ill or not together:
        raise LabError(
            f"the lab at {balancer} is not whole: {', '.join(ill[:NAMED]) or 'no node is its own'}"
        )
    return ChaosTarget(
        balancer,
        tuple(node["name"] for node in nodes),
        tuple(node["name"] for node in own),
        {name: tuple(process) for process in together.values() for name in process},
        {node["name"]: node["cpu"] for node in own},
        sum(node["cpu"] for node in nodes),
        status["version"],
        status["task_time"],
        status["echo_limit"],
        status["tasks"],
    )
