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
class ChaosNetwork:
    """The network as one reading found it.

    Attributes:
        version: its number.
        names: all nodes.
        own: the nodes that the lab itself runs; those of somebody else are left alone.
        process: for each of its own nodes, all that share its process.
        cpu: the cores of each of its own nodes.
    """

    version: int
    names: tuple[str, ...]
    own: tuple[str, ...]
    process: Mapping[str, tuple[str, ...]]
    cpu: Mapping[str, int]

    @property
    def processes(self) -> list[tuple[str, ...]]:
        """The nodes of each process."""
        return list(dict.fromkeys(self.process.values()))


def network_in(status: Mapping[str, Any], before: ChaosNetwork | None = None) -> ChaosNetwork:
    """Return the network in an answer of `GET /status`; of a node that is dead, its process of before."""
    nodes = status["nodes"]
    own = [node for node in nodes if node["state"] != "foreign"]
    agents = {replica["name"]: replica["agent"] for replica in status["replicas"]}
    together: dict[tuple[str | None, int], list[str]] = {}  # a pid names a process of one machine only
    known: Mapping[str, tuple[str, ...]] = {} if before is None else before.process
    names: list[str] = [node["name"] for node in own]
    process: dict[str, tuple[str, ...]] = {name: known.get(name, (name,)) for name in names}
    for node in own:
        if node["pid"] is not None:
            together.setdefault((agents.get(node["name"]), node["pid"]), []).append(node["name"])
    process |= {name: tuple(part) for part in together.values() for name in part}
    return ChaosNetwork(
        status["version"],
        tuple(node["name"] for node in nodes),
        tuple(names),
        process,
        {node["name"]: node["cpu"] for node in own},
    )


@dataclass(frozen=True)
class ChaosTarget:
    """One lab.

    Attributes:
        balancer: its balancer's address.
        network: what ran there.
        cores: how many tasks can run at a time.
        task_time_s: how long a task takes (s).
        echo_limit_s: how long an echo wave may take, delays of links and all (s).
        law: how many tasks were in each state.
    """

    balancer: str
    network: ChaosNetwork
    cores: int
    task_time_s: float
    echo_limit_s: float
    law: dict[str, Any] | None


def find_target(balancer: str) -> ChaosTarget:
    """Ask a lab how it is.

    Raises:
        LabError: none answers, or it is not whole.
    """
    status = LabClient(balancer).status()
    nodes = status["nodes"]
    ill = [f"{node['name']} is {node['state']}" for node in nodes if node["state"] not in WHOLE]
    network = network_in(status)
    if ill or not network.own:
        raise LabError(
            f"the lab at {balancer} is not whole: {', '.join(ill[:NAMED]) or 'no node is its own'}"
        )
    return ChaosTarget(
        balancer,
        network,
        sum(node["cpu"] for node in nodes),
        status["task_time"],
        status["echo_limit"],
        status["tasks"],
    )
